"""`reluscape verify CERTIFICATE.json`: re-check a proof without any solver."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import CertificateError, InputError


def verify(
    certificate: Annotated[Path, typer.Argument(help="File written with --certificate.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="The table: check also that the certificate is about it.")
    ] = None,
    target: Annotated[str | None, typer.Option("--target", help="Target column, if not the noted one.")] = None,
    no_bias: Annotated[
        bool, typer.Option("--no-bias", help="The certificate is about data without a hidden bias.")
    ] = False,
) -> None:
    """Re-check a certificate in exact arithmetic; exit status 1 where it proves nothing."""
    from ..certificates import read
    from ..certificates import verify as check

    try:
        content = read(certificate)
    except CertificateError as problem:
        raise InputError(str(problem)) from None
    samples, how = None, ""
    if data is not None:
        from .table_note import read_again

        samples, how = read_again(data, content, target, no_bias)
    answer = check(content, samples)
    if how:
        typer.echo(how)
    typer.echo(f"{'verified' if answer else 'NOT verified'} ({answer.kind}): {answer.message}")
    if not answer:
        raise typer.Exit(1)
