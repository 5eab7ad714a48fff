"""The few keywords of JSON Schema that docs/certificates.schema.json uses, as the specification defines them."""

from __future__ import annotations

import re

TYPES = {
    "object": lambda v: type(v) is dict,
    "array": lambda v: type(v) is list,
    "string": lambda v: type(v) is str,
    "integer": lambda v: type(v) is int,
    "boolean": lambda v: type(v) is bool,
    "null": lambda v: v is None,
}


def same(a, b):
    """Equality of JSON: true is not 1."""
    return type(a) is type(b) and a == b


def allowed(value, schema, root):
    """Whether a value has the shape of a schema without unknown keywords."""
    if type(schema) is bool:
        return schema
    known = set(RULES) | {"$schema", "$defs", "title", "description", "items", "prefixItems"}
    assert set(schema) <= known, set(schema) - known
    return all(RULES[word](value, rule, schema, root) for word, rule in schema.items() if word in RULES) and (
        type(value) is not list or _items(value, schema, root)
    )


def _items(value, schema, root):
    first = schema.get("prefixItems", [])
    rest = value[len(first) :]
    return all(allowed(v, s, root) for v, s in zip(value, first, strict=False)) and all(
        allowed(v, schema.get("items", True), root) for v in rest
    )


def _reference(value, rule, schema, root):
    return allowed(value, root["$defs"][rule.removeprefix("#/$defs/")], root)


def _properties(value, rule, schema, root):
    return type(value) is not dict or all(allowed(value[key], rule[key], root) for key in rule if key in value)


def _additional(value, rule, schema, root):
    if type(value) is not dict:
        return True
    return all(allowed(v, rule, root) for key, v in value.items() if key not in schema.get("properties", {}))


RULES = {
    "type": lambda v, rule, schema, root: TYPES[rule](v),
    "const": lambda v, rule, schema, root: same(v, rule),
    "enum": lambda v, rule, schema, root: any(same(v, item) for item in rule),
    "pattern": lambda v, rule, schema, root: type(v) is not str or (re.search(rule, v) is not None and v[-1:] != "\n"),
    "maxLength": lambda v, rule, schema, root: type(v) is not str or len(v) <= rule,
    "minimum": lambda v, rule, schema, root: type(v) is not int or v >= rule,
    "maximum": lambda v, rule, schema, root: type(v) is not int or v <= rule,
    "minItems": lambda v, rule, schema, root: type(v) is not list or len(v) >= rule,
    "required": lambda v, rule, schema, root: type(v) is not dict or set(rule) <= set(v),
    "dependentRequired": lambda v, rule, schema, root: all(k not in v or set(r) <= set(v) for k, r in rule.items()),
    "anyOf": lambda v, rule, schema, root: any(allowed(v, item, root) for item in rule),
    "allOf": lambda v, rule, schema, root: all(allowed(v, item, root) for item in rule),
    "$ref": _reference,
    "properties": _properties,
    "additionalProperties": _additional,
}
