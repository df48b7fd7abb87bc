"""Checks documents against the tables of rules beside this file."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from bot.catalogue.exporters.cpsv_ap import CONTEXT

FOLDER = Path(__file__).parent
BASE = "https://chat.auenfurt.example/"
RULES: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "cpsv_ap.yml").read_text(encoding="utf-8"))
TYPES: dict[str, dict[str, list[str]]] = yaml.safe_load((FOLDER / "schema_org.yml").read_text(encoding="utf-8"))

CPSV = Namespace(str(CONTEXT["cpsv"]))
CV = Namespace(str(CONTEXT["cv"]))
DCT = Namespace(str(CONTEXT["dct"]))


def to_graph(document: bytes) -> Graph:
    """The document's statements, as any program reads them: by the rules of JSON-LD, at the address of the server."""
    parsed = json.loads(document)
    if parsed["@context"] == "https://schema.org":  # which would be fetched
        parsed["@context"] = {"@vocab": "https://schema.org/"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's JSON-LD parser uses a class rdflib calls old
        return Graph().parse(data=json.dumps(parsed), format="json-ld", base=BASE)


def broken_rules(graph: Graph) -> list[str]:
    """What goes against CPSV-AP, one line each."""
    found = []
    for name, rules in RULES.items():
        for thing in graph.subjects(RDF.type, _iri(name)):
            for property_, (least, most, kind) in rules.items():
                values = list(graph.objects(thing, _iri(property_)))
                if len(values) < least or (most != "-" and len(values) > most):
                    found.append(f"{thing} {property_}: {len(values)} values")
                found += [f"{thing} {property_}: {value!r}" for value in values if not _fits(graph, value, kind)]
    return found


def _fits(graph: Graph, value: Node, kind: str) -> bool:
    if kind == "any":
        return isinstance(value, Literal)
    if kind == "text":
        return isinstance(value, Literal) and bool(value.language) and bool(value.strip())
    if kind.startswith("xsd:"):
        return isinstance(value, Literal) and value.datatype == _iri(kind) and value.value is not None
    return (value, RDF.type, _iri(kind)) in graph


def _iri(name: str) -> URIRef:
    if name.startswith("<"):
        return URIRef(name[1:-1])
    prefix, _, local = name.partition(":")
    return URIRef(f"{CONTEXT[prefix]}{local}")


def unknown_in_schema_org(document: bytes) -> list[str]:
    """Types and properties that schema.org does not have, or values of a kind it does not expect, one line each."""
    graph = json.loads(document)["@graph"]
    by_id = {node["@id"]: node["@type"] for node in graph}
    return [line for node in graph for line in _unknown(node, by_id)]


def _unknown(node: dict[str, Any], by_id: dict[str, str]) -> Iterator[str]:
    known = TYPES.get(node["@type"])
    if known is None:
        yield f"type {node['@type']}"
        return
    for name, value in node.items():
        if name.startswith("@"):
            continue
        for one in value if isinstance(value, list) else [value]:
            kind = _kind(one, by_id)
            if kind not in known.get(name, []) and not (kind == "link" and "text" in known.get(name, [])):
                yield f"{node['@type']}.{name}: {kind}"
            if isinstance(one, dict) and "@type" in one:
                yield from _unknown(one, by_id)


def _kind(value: Any, by_id: dict[str, str]) -> str:
    if isinstance(value, str):
        return "link" if value.startswith(("https://", "http://")) else "text"
    if "@value" in value:
        return "text"
    return str(value.get("@type") or by_id.get(value["@id"], "nothing in the document"))
