"""How the names of the test of screening were made: ``python -m benchmarks.peers.make_names FOLDER_WITH_SDN_HISTORY [SEED]``."""

import csv
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

from assets.sanctions.lists.us_ofac import legacy_csv as ofac

HERE = Path(__file__).resolve().parents[2] / "tests" / "sql" / "screening"
SEED = 20231115

# pairs of spellings of one sound
SOUNDS = (
    "mohammad muhammed|mohammed mohamad|ahmad ahmed|hussein husayn|kh h|sh sch|y i|zh j|ph f|w v|q k|ou u|ee i|dj j|ts tz|ks x|"
    "iy y|ei ey|ck k"
)
CYRILLIC = (
    "shch щ|zh ж|kh х|ts ц|ch ч|sh ш|yu ю|ya я|yo ё|ye е|a а|b б|v в|g г|d д|e е|z з|i и|y ы|k к|l л|m м|n н|o о|p п|r р|s с|t т|"
    "u у|f ф|h х|c к|w в|x кс|j дж|q к"
)
ACCENTS = {"a": "áàäã", "e": "éèë", "i": "íì", "o": "óòöõ", "u": "úùü", "n": "ñ", "c": "ç", "s": "š", "z": "ž"}
FORMS = (
    (r"\bCO\.?,? LTD\.?", "Company Limited"),
    (r"\bLIMITED LIABILITY COMPANY\b", "LLC"),
    (r"\bLIMITED\b", "Ltd"),
    (r"\bLTD\.?", "Limited"),
    (r"\bLLC\b", ""),
    (r"\bOOO\b", "LLC"),
    (r"\bS\.?A\.? DE C\.?V\.?", "SA de CV"),
    (r"\bGMBH\b", "Gesellschaft"),
    (r"\bINC\.?", "Incorporated"),
)
GIVEN = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas "
    "Karen Sofia Lucas Emma Hugo Louise Pierre Camille Giulia Marco Francesca Lars Ingrid Sven Astrid Piotr Katarzyna Jan "
    "Agnieszka Hans Greta Klaus Ayumi Kenji Haruka Takashi Minh Linh Priya Rahul Anita Vikram Wei Li Ming Fang Carlos Maria Jose "
    "Ana Luis Carmen Miguel Rosa Ahmed Fatima Omar Leila Ivan Olga Sergei Natalia Kwame Amina Chinedu Thandi"
)
SURNAMES = (
    "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Martin Thompson White Harris Clark "
    "Lewis Robinson Walker Young Allen King Wright Hill Green Adams Baker Nelson Carter Mitchell Roberts Turner Phillips "
    "Campbell Parker Evans Edwards Collins Dubois Moreau Lefebvre Rossi Ferrari Bianchi Nilsson Johansson Kowalski Nowak Wagner "
    "Schneider Tanaka Suzuki Nguyen Tran Sharma Patel Gupta Singh Chen Zhang Wang Liu Garcia Martinez Lopez Gonzalez Hernandez "
    "Silva Santos Hassan Ali Ibrahim Petrov Ivanova Mensah Okafor Dlamini"
)
SHOPS = (
    "Riverside Bakery|Green Valley Dental|Sunrise Hardware Store|Oak Street Books|Northern Lights Brewery|Blue Harbor Fishing "
    "Supplies|Maple Leaf Gardening|City Centre Optics|Lakeside Veterinary Clinic|Golden Gate Flowers|Mountain View Plumbing|Old "
    "Town Pharmacy|First Street Coffee|Pine Ridge School|Harbour Light Hotel|Willow Creek Farm|Silver Spoon Catering|Red Barn "
    "Furniture|Crystal Clear Windows|Happy Tails Pet Shop"
)

Perturb = Callable[[str, str, random.Random], "str | None"]


def words_of(name: str) -> list[str]:
    return [w for w in re.split(r'[\s,()"]+', name) if w]


def slip(word: str, chance: random.Random) -> str:
    """A word with one slip, never in its first or last letter."""
    i = chance.randrange(1, len(word) - 1)
    kind = chance.choice(["drop", "swap", "double", "replace"])
    if kind == "drop":
        return word[:i] + word[i + 1 :]
    if kind == "swap":
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if kind == "double":
        return word[:i] + word[i] + word[i:]
    return word[:i] + chance.choice("aeiorstln".replace(word[i].lower(), "")) + word[i + 1 :]


def misspelt(name: str, _party_type: str, chance: random.Random) -> str | None:
    words = words_of(name)
    long = [i for i, w in enumerate(words) if len(w) >= 5 and w.isalpha()]
    if not long:
        return None
    for i in chance.sample(long, 2 if len(long) >= 4 else 1):
        words[i] = slip(words[i], chance)
    return " ".join(words)


def reordered(name: str, _party_type: str, chance: random.Random) -> str | None:
    words = words_of(name)
    if len(set(words)) < 2:
        return None
    other = words[:]
    while other == words:
        chance.shuffle(other)
    return " ".join(other)


def respelt(name: str, party_type: str, chance: random.Random) -> str | None:
    pairs = [p.split() for p in SOUNDS.split("|") if p.split()[0] in name.lower()]
    if party_type != "person" or not pairs:
        return None
    text = name.lower()
    for old, new in chance.sample(pairs, min(2, len(pairs))):
        text = text.replace(old, new, 1)
    return " ".join(words_of(text)).title()


def cyrillic(name: str, party_type: str, _chance: random.Random) -> str | None:
    if party_type != "person" or not re.search(r"(ov|ev|in|sky|skiy|enko|uk|vich|ova|eva)\b", name.lower()):
        return None
    letters = dict(p.split() for p in CYRILLIC.split("|"))
    text, out = name.lower(), ""
    while text:
        size = next((n for n in (4, 2, 1) if text[:n] in letters), 0)
        out += letters[text[:size]] if size else text[0]
        text = text[max(size, 1) :]
    return " ".join(words_of(out)).title()


def legal_form(name: str, party_type: str, _chance: random.Random) -> str | None:
    for old, new in FORMS if party_type == "entity" else ():
        if re.search(old, name, re.IGNORECASE):
            return re.sub(old, new, name, flags=re.IGNORECASE).strip(" ,")
    return None


def accents(name: str, _party_type: str, chance: random.Random) -> str | None:
    letters = list(name.title())
    places = [i for i, c in enumerate(letters) if c.lower() in ACCENTS]
    if len(places) < 2:
        return None
    for i in chance.sample(places, 2):
        letters[i] = chance.choice(ACCENTS[letters[i].lower()])
    return "".join(letters)


def initials(name: str, party_type: str, _chance: random.Random) -> str | None:
    if party_type != "person" or "," not in name:
        return None
    last, given = name.split(",", 1)
    names = words_of(given)
    return None if len(names) < 2 else " ".join([names[0], *(n[0] + "." for n in names[1:]), last])


QUOTAS: dict[Perturb, int] = {
    misspelt: 90, reordered: 50, respelt: 50, cyrillic: 30, legal_form: 30, accents: 25, initials: 25,
}  # fmt: skip


def main(history: Path, seed: int) -> None:
    newest = max((history / "us_ofac_sdn").iterdir())
    listings = ofac.stage({"sdn.csv": (newest / "sdn.csv").read_bytes()}).frames["listings"]
    parties = sorted(listings.select("native_id", "name", "party_type").iter_rows())
    chance = random.Random(seed)
    rows = []
    for perturb, quota in QUOTAS.items():
        taken = 0
        while taken < quota:
            native_id, name, party_type = chance.choice(parties)
            asked = perturb(name, party_type, chance) if sum(c.isalpha() for c in name) >= 6 else None
            if asked and asked != name:
                rows.append((asked, f"us_ofac_sdn:{native_id}", name, perturb.__name__))
                taken += 1
    folks: dict[str, None] = {}
    while len(folks) < 850:
        given, surname, middle = chance.choice(GIVEN.split()), chance.choice(SURNAMES.split()), chance.choice(GIVEN.split())
        forms = (f"{given} {surname}", f"{given} {middle} {surname}", f"{given} {middle[0]}. {surname}", f"{surname}, {given}")
        folks[chance.choice(forms)] = None
    while len(folks) < 1000:
        first, rest = (chance.choice(SHOPS.split("|")).split(" ", 1) for _ in "ab")
        form = chance.choice(("Ltd", "Inc", "LLC", "GmbH", "Co.", ""))
        folks[f"{first[0]} {rest[1]} {form}".strip()] = None
    suffix = "" if seed == SEED else f".{seed}"
    with (HERE / f"perturbed{suffix}.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows([("asked", "listing_id", "name", "how"), *rows])
    with (HERE / f"ordinary{suffix}.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows([("asked",), *((name,) for name in folks)])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else SEED)
