"""`reluscape verify CERTIFICATE.json`: re-check a proof without any solver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import CertificateError, InputError


def verify(
    certificate: Annotated[Path, typer.Argument(help="File written with --certificate.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="The table: check also that the certificate is about it.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="Target column; default: the one noted in the certificate.")
    ] = None,
    no_bias: Annotated[
        bool, typer.Option("--no-bias", help="The certificate is about data without a hidden bias.")
    ] = False,
    standalone: Annotated[
        bool,
        typer.Option("--standalone", help="Print the command that checks it with plain Python alone."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
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
    if standalone:
        _print_command(certificate, content, samples)
        return
    answer = check(content, samples)
    if as_json:
        report = {"verified": bool(answer), "kind": answer.kind, "message": answer.message, "read": how or None}
        typer.echo(json.dumps(report))
    else:
        if how:
            typer.echo(how)
        typer.echo(f"{'verified' if answer else 'NOT verified'} ({answer.kind}): {answer.message}")
    if not answer:
        raise typer.Exit(1)


def _print_command(certificate: Path, content: dict[str, Any], samples: Any) -> None:
    """Print the line to run; write the exact data of a table beside the certificate where one is given.

    Raises:
        InputError: the certificate holds only the hash of its data, and no table is given.
    """
    from ..certificates import standalone

    block = content.get("data")
    if samples is None and not (isinstance(block, dict) and "X" in block):
        raise InputError("the certificate holds only the hash of its data; give the table with --data")
    data_file = None
    if samples is not None:
        data_file = standalone.write_data(certificate.with_name(f"{certificate.stem}.data.json"), samples)
    typer.echo(standalone.command(certificate, data_file))
