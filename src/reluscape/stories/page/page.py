"""The whole page: head, policy, sections, embedded data, script."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from ...errors import InputError
from .census_page import census_figures, census_sections
from .contents import contents
from .design_page import design_figures, design_sections
from .embedding import data_script
from .explain_page import explain_figures, explain_sections
from .figure import Figure
from .glossary import glossary
from .markup import element, text
from .plotly_script import digest, packed_plotly
from .provenance import provenance
from .survey_page import survey_figures, survey_sections
from .verdict import headline, masthead, verdict

_KINDS = {
    "survey": (survey_figures, survey_sections),
    "explain": (explain_figures, explain_sections),
    "census": (census_figures, census_sections),
    "design": (design_figures, design_sections),
}


def _policy(*scripts: str) -> str:
    sources = " ".join(f"'{script}'" for script in scripts)
    rules = (
        "default-src 'none'",
        f"script-src {sources}",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)


def _scripts(report: dict[str, Any], figures: list[Figure], archive: str, own: str) -> str:
    data = data_script("report-data", report)
    specs = {figure.name: figure.spec() for figure in figures}
    spec_script = data_script("figure-specs", specs)
    library = f'<script type="text/plain" id="plotly-gzip" data-encoding="gzip">{archive}</script>'
    return f"{data}\n{spec_script}\n{library}\n<script>{own}</script>"


def render(report: dict[str, Any]) -> str:
    """Write the page of a survey, an explanation, a whole landscape or a designed one.

    The page needs no network: style, data and the plotting library are inside it, and its content security policy
    admits only the two scripts that it ships. Every number carries its path in the JSON as ``data-key``.

    Arguments:
        report: the JSON dict with ``schema`` 1 and ``kind`` "survey", "explain", "census" or "design".

    Returns:
        HTML, about 2 MB, most of it the compressed plotting library.

    Raises:
        InputError: the report is of another kind or schema.

    >>> page = render({"schema": 1, "kind": "survey", "data": {"file": "a.csv", "target": "<y>"}, "verdict": ["Fine."]})
    >>> "&lt;y&gt;" in page, "<y>" in page
    (True, False)
    """
    kind = report.get("kind")
    if report.get("schema") != 1 or kind not in _KINDS:
        description = f"schema {report.get('schema')!r}, kind {kind!r}"
        raise InputError(f"no page for {description}; give a report with schema 1 and kind {' or '.join(_KINDS)}")
    make_figures, make_sections = _KINDS[kind]
    figures = make_figures(report)
    style = files(__package__).joinpath("style.css").read_text("utf-8")
    own = files(__package__).joinpath("page.js").read_text("utf-8").replace("\r\n", "\n")
    bundle, library = packed_plotly()
    policy = element("meta", http_equiv="Content-Security-Policy", content=_policy(digest(own), library))
    head = (
        '<meta charset="utf-8">'
        + policy.removesuffix("</meta>")
        + '<meta name="viewport" content="width=device-width, initial-scale=1">'
        + f"<title>{text(headline(report))}</title><style>{style}</style>"
    )
    opening = verdict(report, figures[0] if figures else None)
    rest = make_sections(report, figures[1:]) + glossary() + provenance(report)
    main = masthead(report) + contents(opening + rest) + opening + rest
    scripts = _scripts(report, figures, bundle, own)
    body = f'<body data-state="loading"><main>{main}</main>\n{scripts}</body>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n{body}</html>\n'
