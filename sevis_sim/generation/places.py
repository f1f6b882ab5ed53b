"""Addresses and telephone numbers: in the U.S. such as the address engine accepts, and at home."""

from sevis_sim.codes import table
from sevis_sim.domain.document import Node
from sevis_sim.generation.data import load
from sevis_sim.generation.draw import Draw
from sevis_sim.generation.people import plain

_AREA_CODES = ("217", "312", "404", "415", "512", "614", "617", "734", "919")


def us_address(draw: Draw, showcase: bool = False) -> Node:
    """Return the parts of a U.S. address that the address engine accepts (`events.addresses`).

    Args:
        draw: chance.
        showcase: whether every part is wanted, so that an explanation code overrides the look-up.

    """
    data = load("places")
    place = draw.one(data["places"])
    node: Node = {"Address1": f"{draw.number(11, 4999)} {draw.one(data['streets'])}"}
    if draw.adds(0.35):
        node["Address2"] = draw.one(data["flats"]).format(draw.number(1, 480))
    if draw.adds(0.97):
        node["City"] = place["city"]
        node["State"] = place["state"]
    node["PostalCode"] = place["zip"]
    if draw.adds(0.03) and (showcase or not draw.full or draw.happens(0.2)):
        codes = [code for code in table("address-override").listed("ExplanationCodeType") if code]
        node["ExplanationCode"] = "OO" if showcase or (draw.full and draw.happens(0.5)) else draw.one(codes)
        node["Address1"] = draw.one(data["halls"])
        if node["ExplanationCode"] == "OO":
            node["Explanation"] = draw.one(load("programs")["words"]["explanations"])
    return node


def us_number(draw: Draw) -> str:
    """Return ten digits of a U.S. number from those kept for fiction (555-0100 to 555-0199)."""
    return f"{draw.one(_AREA_CODES)}55501{draw.digits(2)}"


def foreign_number(draw: Draw, country: str) -> Node:
    """Return the parts of a telephone number of a country."""
    node: Node = {}
    if draw.adds(0.9):
        node["CountryNumber"] = load("countries")["countries"][country]["dial"]
    node["PhoneNumber"] = draw.digits(1).replace("0", "6") + draw.digits(8)
    return node


def foreign_address(draw: Draw, country: str) -> Node:
    """Return a ``ForeignAddress`` element."""
    data = load("countries")["countries"][country]
    node: Node = {"Address1": plain(draw.one(data["streets"]).format(draw.number(2, 240)))}
    if draw.adds(0.2):
        node["Address2"] = f"Flat {draw.number(1, 60)}"
    if draw.adds(0.95):
        node["City"] = city(draw, country)
    if draw.adds(0.3):
        node["Province"] = f"{draw.one(('North', 'South', 'East', 'West', 'Central'))} District"
    node["CountryCode"] = country
    if draw.adds(0.8) and (data["post"] or draw.full):
        node["PostalCode"] = draw.filled(data["post"] or "###")
    return node


def city(draw: Draw, country: str) -> str:
    """Return a city of a country, in ASCII."""
    return plain(draw.one(load("countries")["countries"][country]["cities"]))
