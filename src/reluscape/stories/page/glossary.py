"""Glossary: words that a reader of the page may not know, each in a sentence or two."""

from __future__ import annotations

from .markup import element, section, text

WORDS = (
    ("Unit", "One neuron of the hidden layer. It is switched on for a sample where its weighted sum is positive."),
    ("Activation pattern", "Which samples each unit is switched on for. It is the on-off table of the layer."),
    (
        "Activation region",
        "All weights that share one activation pattern. Inside a region the network depends smoothly on its weights.",
    ),
    (
        "Basin",
        "A region together with a sign for every output weight. Inside it, finding the lowest loss is a convex "
        "problem, so it can be solved for certain.",
    ),
    ("Basin value", "The lowest loss that can be reached without leaving the basin."),
    (
        "Good start",
        "A random start whose basin value is close to the reference: at most the tolerance times the gap between "
        "the reference and the best constant.",
    ),
    ("Reference", "The lowest loss known for a width. Its source says whether it is proved to be the lowest."),
    (
        "Full rank",
        "The predictions at the samples can be moved in every direction by moving the weights. A smooth point of "
        "such a region where the gradient vanishes has loss zero.",
    ),
    ("Local minimum", "A point with no lower loss anywhere near it. It need not be the lowest point overall."),
    (
        "Kind of a number",
        "Exact: computed without rounding. Certified: proved to lie in its interval. Numerical: computed with "
        "rounding. Sampled: estimated from random draws, with an interval that covers the truth in 95 of 100 cases.",
    ),
)


def glossary() -> str:
    """Write the glossary."""
    entries = "".join(element("dt", text(word)) + element("dd", text(meaning)) for word, meaning in WORDS)
    return section("glossary", "Glossary", element("dl", entries, class_="glossary"))
