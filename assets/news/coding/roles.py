"""Nouns that stand for people or bodies of a state, and the CAMEO sector that each tells."""

from __future__ import annotations

from assets.news.coding.lexicon import words

_SECTORS = """
GOV: official minister ministry president leader government authority ambassador envoy diplomat spokesman spokeswoman
 spokesperson premier chancellor embassy consulate administration king queen emir sultan prince delegation negotiator
 secretary governor mayor department side cabinet regime aide cabinet monarch statesman chief ally counterpart
 commissioner representative capital leadership adviser advisor bureaucrat agency commission vice-president councillor
 counsellor mission pm pms fm fms deputy head consul attache treasury state
LEG: parliament lawmaker senator congressman congresswoman congress senate legislator legislature assembly speaker mp mps
 house
JUD: court judge tribunal prosecutor attorney jury justice
MIL: troop army soldier military force navy warship warplane jet aircraft helicopter tank bomber general commander
 admiral marine fleet carrier submarine destroyer garrison peacekeeper sailor colonel brigade militia militiaman gunship
 vessel boat plane drone pilot airman defender gunboat missile guard
COP: police policeman officer patrol agent constable gendarme
SPY: spy intelligence
BUS: company firm manufacturer maker exporter bank supplier business businessman businesswoman investor entity retailer
 importer corporation conglomerate giant group producer airline shipper trader entrepreneur tycoon startup chipmaker
 subsidiary bidder industry factory operator enterprise executive
CVL: citizen national people civilian resident villager immigrant migrant tourist youth woman man child family native
 public inhabitant passenger expatriate individual fisherman person victim
EDU: student university professor scientist researcher academic scholar school institute institution teacher
LAB: worker union miner
AGR: farmer
MED: newspaper media journalist reporter broadcaster daily magazine press
REB: rebel guerrilla guerilla militant insurgent separatist fighter gunman
OPP: opposition dissident activist protester demonstrator party faction
REF: refugee
CRM: trafficker hacker smuggler gang cartel criminal suspect
HLH: doctor nurse medic
REL: bishop archbishop cleric priest monk imam
NGO: charity watchdog
UNS: team community expert athlete sportsman player engineer technician specialist
"""

SECTOR: dict[str, str] = {}
for _line in _SECTORS.replace("\n ", " ").strip().splitlines():
    _code, _, _nouns = _line.partition(":")
    for _noun in _nouns.split():
        SECTOR.setdefault(_noun, "" if _code == "UNS" else _code)
"""Lemma to sector; an empty sector where the noun stands for people without one."""

PEOPLE_IN = frozenset({"CVL", "EDU", "LAB", "AGR", "OPP", "REB", "REF", "MED"})
"""Sectors of nouns that belong to the state that they are in (``demonstrators in Baghdad``)."""

PAIR_NOUNS = frozenset(
    {"side", "country", "nation", "leader", "president", "power", "neighbor", "neighbour", "capital", "government"}
)
"""``the two sides``, ``both countries``: the pair last spoken of."""

ANAPHORA = words(
    "institute ministry company firm agency department committee commission bureau university bank president minister "
    "spokesman spokesperson spokeswoman ambassador envoy secretary body lab laboratory manufacturer entity group speaker"
)
"""Nouns that, with ``the`` and no name, stand for the one last named with such a word."""

CROWDS = words(
    "people protester demonstrator student worker farmer thousand hundred dozen crowd activist resident villager citizen woman "
    "group union supporter youth teacher trucker docker fisherman islander grower miner monk mob rioter marcher picket driver"
)
"""Who protests where others attack."""
