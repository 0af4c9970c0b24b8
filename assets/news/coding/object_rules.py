"""What a verb means with its object: rules in a table, the first that fits counts.

A light verb takes its sense from the noun: to lift sanctions is to retreat, to lift a crate is nothing. Each rule says which
verbs, which nouns, under which conditions, and gives a sentence in which it is the one that fits; a test runs every example.
A rule with the code None says that verb and noun express nothing, and ends the search.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assets.news.coding import lexicon as lx
from assets.news.coding.grammar import Grammar


@dataclass(frozen=True)
class VerbAndNoun:
    """A verb and a noun of its object in a sentence.

    ``act``: the verb that a noun between the two stands for (``announced a suspension of`` links: ``suspend``); it then takes
    the place of the verb. ``lemma``: of the verb alone. ``key``: the form under which it is in lists of verbs, with its
    particle where it has one (``call_off``).
    """

    frames: Grammar
    v: int
    n: int
    act: str | None
    lemma: str
    key: str

    @property
    def noun(self) -> str:
        """Lemma of the noun."""
        return self.frames.s.lemmas[self.n]


Condition = Callable[[VerbAndNoun], bool]


@dataclass(frozen=True)
class ObjectRule:
    """A line of the table; what is None says nothing.

    ``verbs``: the verb with its particle is one of them. ``lemmas``: the verb is one of them, with whatever particle.
    ``nouns``: the noun, or one that it is ``of``, is one of them. ``noun_is``: the noun itself is one. ``when``: all hold.
    """

    name: str
    code: str | None
    example: str
    verbs: frozenset[str] | None = None
    lemmas: frozenset[str] | None = None
    nouns: frozenset[str] | None = None
    noun_is: frozenset[str] | None = None
    when: tuple[Condition, ...] = ()

    def is_about(self, key: str, lemma: str) -> bool:
        """Whether the rule says something of a verb, with its particle and alone."""
        return (self.verbs is None or key in self.verbs) and (self.lemmas is None or lemma in self.lemmas)

    def fits(self, pair: VerbAndNoun) -> bool:
        """Whether the rule, which is about the verb, says something of a verb and a noun."""
        return (
            (self.noun_is is None or pair.noun in self.noun_is)
            and (self.nouns is None or pair.frames.noun_in(pair.n, self.nouns))
            and all(holds(pair) for holds in self.when)
        )


# --- conditions -------------------------------------------------------------------------------------------------------


def is_object(pair: VerbAndNoun) -> bool:
    """The noun is the object itself, and does not come after a preposition below the verb."""
    return pair.act is not None or pair.frames.s.deps[pair.n] != "pobj"


def no_preposition(pair: VerbAndNoun) -> bool:
    """The noun does not come after a preposition, not even one below an act."""
    return pair.frames.s.deps[pair.n] != "pobj"


def is_direct(pair: VerbAndNoun) -> bool:
    """The noun is the direct object."""
    return pair.frames.s.deps[pair.n] == "dobj"


def undergoes(pair: VerbAndNoun) -> bool:
    """The noun is the direct object, or the subject of a passive."""
    return pair.frames.s.deps[pair.n] in ("dobj", "nsubjpass")


def below_noun(words: frozenset[str]) -> Condition:
    """One of the words is below the noun, or is the noun."""
    return lambda pair: pair.frames.topic(pair.n, words)


def below_verb(words: frozenset[str]) -> Condition:
    """One of the words is below the verb."""
    return lambda pair: pair.frames.topic(pair.v, words)


def none_below_verb(words: frozenset[str]) -> Condition:
    """None of the words is below the verb."""
    return lambda pair: not pair.frames.topic(pair.v, words)


def besides(words: frozenset[str]) -> Condition:
    """The verb is not one of the words."""
    return lambda pair: pair.lemma not in words


def noun_besides(words: frozenset[str]) -> Condition:
    """The noun is not one of the words."""
    return lambda pair: pair.noun not in words


def among(words: frozenset[str]) -> Condition:
    """The noun, or one that it is ``of``, is one of the words too."""
    return lambda pair: pair.frames.noun_in(pair.n, words)


def of_peacekeepers(pair: VerbAndNoun) -> bool:
    """The forces keep a peace or watch one."""
    s = pair.frames.s
    return any(s.lemmas[j].startswith(("peacekeep", "observer", "monitor")) for j in s.subtree(pair.n))


def is_measure(pair: VerbAndNoun) -> bool:
    """The noun is a sanction, or a restriction that is imposed or lifted."""
    n_in = pair.frames.noun_in
    return n_in(pair.n, lx.SANCTIONS) or (pair.key in _LIFT_OR_IMPOSE and n_in(pair.n, lx.RESTRICTIONS))


def without_off(pair: VerbAndNoun) -> bool:
    """No ``off`` is below the verb: ``takes off the list`` lifts, ``takes measures`` imposes."""
    s = pair.frames.s
    return not any(s.lemmas[c] == "off" for c in s.children[pair.v])


def after_from_or_off(pair: VerbAndNoun) -> bool:
    """The noun comes after ``from`` or ``off``: ``removed from a blacklist``."""
    s = pair.frames.s
    return s.deps[pair.n] == "pobj" and s.lemmas[s.heads[pair.n]] in ("from", "off")


def on_a_list(pair: VerbAndNoun) -> bool:
    """The noun is a list after a preposition: ``put on a blacklist``."""
    return pair.noun in ("list", "blacklist") and pair.frames.s.deps[pair.n] == "pobj"


def with_somebody(pair: VerbAndNoun) -> bool:
    """``with`` is below the noun: ``a deal with``."""
    s = pair.frames.s
    return any(s.lemmas[c] == "with" for c in s.children[pair.n])


def not_for_press(pair: VerbAndNoun) -> bool:
    """It is no press conference."""
    return not pair.frames.is_for_press(pair.n)


def names_a_weapon(pair: VerbAndNoun) -> bool:
    """A weapon is below the noun, or a name like ``F-16``."""
    s = pair.frames.s
    return pair.frames.topic(pair.n, _WEAPONS_SOLD) or any(
        re.fullmatch(r"[A-Z]{1,3}-\d+\w*", s.words[j]) for j in s.subtree(pair.n)
    )


def has_receiver(pair: VerbAndNoun) -> bool:
    """The verb has an indirect object: ``gave Chile a ship``."""
    return pair.frames.s.child(pair.v, "dative") is not None


def is_requested(pair: VerbAndNoun) -> bool:
    """``request`` is below the verb: ``at the request of``."""
    s = pair.frames.s
    return any(s.lemmas[j] == "request" for j in s.subtree(pair.v))


# --- words ------------------------------------------------------------------------------------------------------------

_w = lx.words
_LIFT_OR_IMPOSE = lx.LIFT | lx.IMPOSE
_WEAPONS_SOLD = lx.ARMS | _w("aircraft warplane frigate")
_CONSIDER = _w("mull weigh consider float contemplate plan prepare eye moot dangle")
_CALL_FOR = _w("urge demand call seek propose")
_VOW = _w("vow pledge swear promise")
_REVOKE = lx.LIFT | lx.HALT | _w("refuse deny strip")
_REFUSE_REQUEST = lx.REFUSE | _w("dismiss rebuff spurn turn_down ignore block")
_WELCOME = _w("accept welcome back endorse embrace")
_SELL = lx.GIVE | _w("okay authorize authorise")
_UTTER = lx.EXPRESS | _w("lodge")

# --- the table --------------------------------------------------------------------------------------------------------

OBJECT_RULES: tuple[ObjectRule, ...] = (
    # forces and rights
    ObjectRule("pull_peacekeepers", "166", "Ghana withdrew its peacekeepers from Mali.",
        verbs=lx.PULL, nouns=lx.TROOPS, when=(besides(_w("reduce")), is_object, of_peacekeepers)),
    ObjectRule("pull_troops", "0874", "Russia withdrew its troops from Georgia.",
        verbs=lx.PULL, nouns=lx.TROOPS, when=(besides(_w("reduce")), is_object)),
    ObjectRule("revoke_right", "120", "Japan denied permission to a Chinese airline.",
        verbs=_REVOKE, lemmas=_w("refuse deny"), nouns=lx.RIGHTS, when=(is_object,)),
    ObjectRule("revoke_right", "160", "China revoked the licence of a Japanese bank.",
        verbs=_REVOKE, nouns=lx.RIGHTS, when=(is_object, besides(_w("reduce ease relax lift")))),
    ObjectRule("grant_right", "081", "The United States extended a waiver for Iraq.",
        verbs=lx.GIVE | _w("renew extend restore issue reinstate prolong widen return"), nouns=lx.RIGHTS, when=(is_object,)),
    # sanctions and other measures
    ObjectRule("impose_sanctions", "163", "China took countermeasures against Canada.",
        lemmas=_w("take strike"), noun_is=lx.TAKEN, when=(is_measure, without_off)),
    ObjectRule("nothing", None, "The police took a list to the Canadian embassy.",
        lemmas=_w("take strike"), when=(is_measure, without_off)),
    ObjectRule("impose_sanctions", "163", "The United States put a Chinese company on its blacklist.",
        verbs=lx.IMPOSE, when=(is_measure, on_a_list)),
    ObjectRule("lift_sanctions", "085", "The United States removed a Chinese company from its blacklist.",
        verbs=lx.LIFT | _w("delete"), when=(is_measure, after_from_or_off)),
    ObjectRule("nothing", None, "France agreed on a list with Chad.",
        when=(is_measure, on_a_list)),
    ObjectRule("lift_sanctions", "081", "Poland lifted the travel ban on Belarusian citizens.",
        verbs=lx.LIFT, noun_is=_w("ban restriction curb measure"), when=(is_measure, is_object, below_noun(lx.ADMINISTRATIVE))),
    ObjectRule("lift_sanctions", "085", "Canada lifted its sanctions on Iran.",
        verbs=lx.LIFT, when=(is_measure, is_object)),
    ObjectRule("impose_sanctions", "163", "The United States imposed tariffs on Chinese steel.",
        verbs=lx.IMPOSE, when=(is_measure,)),
    ObjectRule("impose_sanctions", "163", "Syria faces sanctions from Canada.",
        lemmas=_w("target face subject punish"), when=(is_measure,)),
    ObjectRule("threaten_sanctions", "1312", "Turkey threatened sanctions against Greece.",
        verbs=lx.THREATEN, when=(is_measure,)),
    ObjectRule("lift_emergency", "081", "Sri Lanka lifted the emergency at the Indian embassy.",
        verbs=lx.LIFT, nouns=lx.EMERGENCY),
    ObjectRule("impose_emergency", "172", "Israel imposed a curfew on Palestinian towns.",
        verbs=lx.IMPOSE, nouns=lx.EMERGENCY),
    ObjectRule("consider_sanctions", "1312", "Canada weighs sanctions on Iran.",
        lemmas=_CONSIDER, nouns=lx.SANCTIONS),
    ObjectRule("consider_sanctions", "130", "Canada considers retaliation against Iran.",
        lemmas=_CONSIDER, nouns=_w("penalty halt suspension withdrawal retaliation")),
    ObjectRule("call_for_sanctions", "113", "Ukraine urges sanctions against Russia.",
        lemmas=_CALL_FOR, nouns=lx.SANCTIONS | _w("boycott"), when=(noun_besides(_w("list")),)),
    # claims, requests, deals
    ObjectRule("threaten_attack", "138", "Iran threatened an attack on Iraq.", lemmas=_w("threaten"), nouns=lx.ATTACKS),
    ObjectRule("reject_claim", "016", "Russia rejected the accusations of Estonia.",
        verbs=lx.REFUSE | _w("dismiss refute rebut brush_off"), nouns=lx.CLAIMS),
    ObjectRule("reject_request", "120", "Egypt rejected a proposal by Ethiopia.", verbs=_REFUSE_REQUEST, nouns=lx.REQUESTS),
    ObjectRule("deny_request", "120", "India denied visas to Pakistani pilgrims.",
        lemmas=_w("deny"), nouns=lx.AID | _w("visa entry access permission request landing")),
    ObjectRule("accept_demand", "080", "Serbia accepted the conditions of Kosovo.",
        lemmas=_w("accept"), nouns=_w("demand condition ultimatum")),
    ObjectRule("accept_request", "030", "Peru accepted an invitation from Chile.",
        lemmas=_w("accept"), nouns=lx.REQUESTS | lx.DEALS | _w("formula")),
    ObjectRule("accept_request", "051", "Peru welcomed a proposal by Chile.",
        lemmas=_WELCOME, nouns=lx.REQUESTS | lx.DEALS | _w("formula")),
    ObjectRule("sign_deal", "057", "Peru announced a deal with Chile.",
        lemmas=_w("announce unveil"), nouns=lx.DEALS, when=(with_somebody,)),
    ObjectRule("ceasefire", "0871", "Armenia and Azerbaijan signed a ceasefire.", verbs=lx.SIGN, nouns=lx.CEASEFIRE),
    ObjectRule("sign_deal", "057", "Peru signed a treaty with Chile.", verbs=lx.SIGN, nouns=lx.DEALS),
    ObjectRule("break_ceasefire", "196", "Armenia broke the truce with Azerbaijan.",
        verbs=lx.BREAK, nouns=lx.DEALS, when=(below_noun(lx.CEASEFIRE),)),
    ObjectRule("break_deal", "160", "Sudan violated the treaty with Egypt.", verbs=lx.BREAK, nouns=lx.DEALS),
    ObjectRule("ceasefire", "0871", "Israel declared a truce with Lebanon.",
        lemmas=_w("declare announce call observe order"), nouns=lx.CEASEFIRE, when=(no_preposition,)),
    # what ends or is interrupted
    ObjectRule("skip_talks", "125", "India boycotted the talks with Pakistan.",
        lemmas=_w("skip shun boycott snub avoid"), nouns=lx.TALKS),
    ObjectRule("visit", "042", "The president of Togo ended a visit to Ghana.",
        lemmas=_w("end"), nouns=lx.TALKS, when=(among(lx.VISITS),)),
    ObjectRule("talks", "040", "Togo ended a round of talks with Ghana.",
        lemmas=_w("end"), nouns=lx.TALKS, when=(below_noun(lx.ROUNDS),)),
    ObjectRule("halt_talks", "160", "Togo cancelled a visit to Ghana.",
        verbs=lx.HALT, nouns=lx.TALKS, when=(among(lx.VISITS),)),
    ObjectRule("halt_talks", "164", "Togo suspended the talks with Ghana.", verbs=lx.HALT, nouns=lx.TALKS),
    ObjectRule("halt_ties", "161", "Morocco cut ties with Iran.", verbs=lx.HALT, nouns=lx.TIES),
    ObjectRule("halt_aid", "1622", "Canada suspended weapons for Turkey.",
        verbs=lx.HALT, nouns=lx.AID | lx.ARMS, when=(is_object, among(lx.ARMS))),
    ObjectRule("halt_aid", "162", "Norway suspended its aid to Malawi.",
        verbs=lx.HALT, nouns=lx.AID | lx.ARMS, when=(is_object,)),
    ObjectRule("halt_aid", "1622", "Germany halted sales of weapons to Saudi Arabia.",
        verbs=lx.HALT, nouns=lx.TRADE, when=(below_noun(lx.ARMS),)),
    ObjectRule("halt_trade", "163", "Poland stopped imports from Ukraine.", verbs=lx.HALT, nouns=lx.TRADE, when=(is_object,)),
    ObjectRule("halt_drill", "087", "South Korea suspended its drills near North Korea.",
        verbs=lx.HALT, nouns=lx.EXERCISES, when=(is_object,)),
    ObjectRule("attack", "195", "Israel dropped bombs on Syria.", lemmas=_w("drop"), nouns=_w("bomb missile shell")),
    ObjectRule("halt_aid", "1622", "Canada suspended permits for missiles to Turkey.",
        verbs=lx.HALT, noun_is=_w("permit license licence"), when=(below_noun(lx.ARMS),)),
    ObjectRule("lift_burden", "080", "Hungary dropped its veto against Ukraine.",
        verbs=lx.HALT | lx.LIFT, nouns=lx.BURDENS, when=(is_direct,)),
    ObjectRule("resume_traffic", "060", "Iran resumed flights to Iraq.",
        lemmas=_w("resume restore restart reopen"), nouns=lx.TRAFFIC),
    ObjectRule("lawsuit", "115", "Ireland joined a lawsuit against Myanmar.", lemmas=_w("join"), nouns=lx.LAWSUITS),
    ObjectRule("promise_ties", "033", "Norway pledged aid to Malawi.",
        lemmas=_VOW, nouns=lx.AID | lx.ARMS, when=(undergoes,)),
    ObjectRule("promise_ties", "032", "Malawi vowed closer ties with Qatar.",
        lemmas=_VOW, nouns=lx.TIES | lx.PRAISE | _w("partnership investment trade loyalty commitment"), when=(undergoes,)),
    ObjectRule("vow_revenge", "130", "Iran vowed revenge against Israel.",
        lemmas=_VOW, nouns=lx.ATTACKS | _w("revenge retaliation reprisal response retribution vengeance"), when=(undergoes,)),
    ObjectRule("halt_attack", "087", "Turkey halted its offensive in Syria.",
        verbs=lx.HALT, nouns=lx.ATTACKS, when=(is_object,)),
    # relations, borders, exercises
    ObjectRule("build_ties", "050", "Israel restored relations with Turkey.", verbs=lx.BUILD, nouns=lx.TIES | lx.MISSIONS),
    ObjectRule("open_border", "080", "Niger reopened its border with Benin.",
        verbs=lx.BUILD | _w("ease lift"), nouns=lx.FRONTIERS),
    ObjectRule("close_border", "160", "Niger closed its border with Benin.",
        lemmas=_w("close shut seal shut_down"), nouns=lx.FRONTIERS),
    ObjectRule("close_mission", "161", "Iran closed its embassy in Albania.", lemmas=_w("close shut"), nouns=lx.MISSIONS),
    ObjectRule("order_patrols", "150", "Iran ordered patrols off Oman.",
        lemmas=_w("order step_up increase intensify"), nouns=lx.EXERCISES | _w("alert")),
    ObjectRule("hold_drill", "150", "China conducted drills near Taiwan.",
        verbs=lx.HOLD, nouns=lx.EXERCISES, when=(noun_besides(_w("game")),)),
    ObjectRule("release", "0841", "Russia and Ukraine held an exchange of prisoners.",
        verbs=lx.HOLD | lx.MAKE | lx.SIGN, noun_is=_w("exchange swap"), when=(below_noun(lx.PRISONERS),)),
    # talks and visits
    ObjectRule("visit", "042", "The president of Togo began a visit to Ghana.",
        verbs=lx.HOLD, nouns=lx.TALKS, when=(not_for_press, among(lx.VISITS))),
    ObjectRule("host", "043", "Ghana hosted talks with Togo.",
        verbs=lx.HOLD, lemmas=_w("host"), nouns=lx.TALKS, when=(not_for_press,)),
    ObjectRule("talks", "041", "The president of Togo held a phone call with the president of Ghana.",
        verbs=lx.HOLD, nouns=lx.TALKS, noun_is=_w("phone call"), when=(not_for_press,)),
    ObjectRule("talks", "046", "Togo held a summit with Ghana.",
        verbs=lx.HOLD, nouns=lx.TALKS, noun_is=lx.NEGOTIATIONS, when=(not_for_press,)),
    ObjectRule("talks", "040", "Togo held talks with Ghana.", verbs=lx.HOLD, nouns=lx.TALKS, when=(not_for_press,)),
    ObjectRule("visit", "042", "The president of Togo made a visit to Ghana.", verbs=lx.MAKE | _w("take"), nouns=lx.VISITS),
    # what is said
    ObjectRule("condolence", "018", "Togo sent a message of condolence to Ghana.",
        verbs=lx.EXPRESS | lx.SEND, nouns=lx.LETTERS, when=(below_noun(lx.CONDOLENCE),)),
    ObjectRule("praise", "051", "Togo sent a congratulatory letter to Ghana.",
        verbs=lx.EXPRESS | lx.SEND, nouns=lx.LETTERS, when=(below_noun(lx.COMPLIMENTS),)),
    ObjectRule("condolence", "018", "Togo expressed sympathy to Ghana.", verbs=_UTTER, nouns=lx.CONDOLENCE),
    ObjectRule("praise", "051", "Togo expressed gratitude to Ghana.", verbs=_UTTER, nouns=lx.PRAISE),
    ObjectRule("opposition", "120", "Togo expressed opposition to Ghana.", verbs=_UTTER, noun_is=lx.UNWELCOME),
    ObjectRule("apology", "055", "Togo offered an apology to Ghana.", verbs=_UTTER, nouns=lx.APOLOGY),
    ObjectRule("protest_note", "114", "Togo lodged a protest with Ghana.", verbs=_UTTER, nouns=lx.PROTEST_NOTES),
    ObjectRule("criticism", "110", "Togo voiced concern over Ghana.",
        verbs=_UTTER, nouns=lx.CRITICISM, when=(among(_w("concern dismay")),)),
    ObjectRule("criticism", "111", "Togo voiced outrage at Ghana.", verbs=_UTTER, nouns=lx.CRITICISM),
    ObjectRule("lawsuit", "115", "Togo filed a lawsuit against Ghana.",
        verbs=_UTTER, lemmas=_w("file bring lodge level open launch"), nouns=lx.LAWSUITS),
    ObjectRule("threat", "130", "Togo issued a warning to Ghana.", verbs=_UTTER, nouns=lx.THREATS),
    ObjectRule("demand", "100", "Togo repeated its demand to Ghana.", verbs=_UTTER, nouns=_w("demand ultimatum")),
    ObjectRule("request", "020", "Togo issued an appeal to Ghana.", verbs=_UTTER, nouns=_w("request appeal call plea")),
    ObjectRule("hope", "013", "Togo expressed hope for Ghana.", verbs=_UTTER, nouns=lx.HOPE),
    ObjectRule("investigation", "090", "Togo launched an investigation into a Ghanaian bank.",
        verbs=lx.LAUNCH | _w("conduct order reopen dispatch send"), nouns=lx.INVESTIGATIONS),
    ObjectRule("nothing", None, "Togo threatened the aid of Ghana.", lemmas=_w("threaten")),
    # giving and moving
    ObjectRule("give_arms", "072", "Turkey delivered missiles to Ukraine.", verbs=lx.GIVE, nouns=lx.ARMS),
    ObjectRule("give_arms", "072", "The United States approved the sale of F-16 planes to Turkey.",
        verbs=_SELL, noun_is=lx.SALES, when=(names_a_weapon,)),
    ObjectRule("give_arms", "061", "The United States approved the sale of corn to Turkey.", verbs=_SELL, noun_is=_w("sale")),
    ObjectRule("asylum", "075", "Togo granted asylum to a Ghanaian.", verbs=lx.GIVE, noun_is=_w("asylum refuge visa")),
    ObjectRule("give_aid", "073", "Norway sent food to Malawi.",
        verbs=lx.GIVE, nouns=lx.AID, when=(is_object, below_noun(lx.HUMANITARIAN))),
    ObjectRule("give_aid", "072", "Norway provided military assistance to Ukraine.",
        verbs=lx.GIVE, nouns=lx.AID, when=(is_object, below_noun(lx.MILITARY))),
    ObjectRule("give_aid", "071", "Norway granted a loan to Malawi.",
        verbs=lx.GIVE, nouns=lx.AID, when=(is_object, below_noun(lx.ECONOMIC | _w("loan dollar fund credit")))),
    ObjectRule("give_aid", "070", "Norway sent buses to Malawi.", verbs=lx.GIVE, nouns=lx.AID, when=(is_object,)),
    ObjectRule("give", "070", "Japan gave Kenya a telescope.",
        verbs=lx.GIVE, when=(is_direct, noun_besides(lx.NO_GIFTS), has_receiver)),
    ObjectRule("share", "064", "Japan shared data with Kenya and passed evidence to Kenya.",
        verbs=lx.GIVE | _w("pass swap"), noun_is=_w("information evidence data")),
    ObjectRule("pull_troops", "0874", "Russia reduced its troops in Syria.", verbs=lx.PULL, nouns=lx.TROOPS),
    ObjectRule("visit", "042", "Japan dispatched an envoy to Kenya.",
        lemmas=_w("send dispatch"), noun_is=lx.DELEGATES, when=(none_below_verb(_w("home back away")),)),
    ObjectRule("envoy", "114", "Japan summoned the ambassador of Kenya.",
        verbs=lx.PULL | _w("expel summon"), lemmas=_w("summon"), nouns=lx.ENVOYS),
    ObjectRule("envoy", "161", "Japan recalled its ambassador from Kenya.",
        verbs=lx.PULL | _w("expel summon"), nouns=lx.ENVOYS),
    ObjectRule("send_troops", "074", "Japan deployed peacekeepers to Kenya.",
        verbs=lx.SEND, nouns=lx.TROOPS, noun_is=_w("peacekeeper")),
    ObjectRule("send_troops", "154", "Russia moved troops to Belarus.", verbs=lx.SEND, nouns=lx.TROOPS),
    # force
    ObjectRule("attack", "195", "Turkey launched airstrikes on Syria.",
        verbs=lx.LAUNCH | _w("fire lob"), nouns=lx.ATTACKS, noun_is=_w("airstrike bombing missile rocket")),
    ObjectRule("attack", "190", "Turkey launched an offensive in Syria.", verbs=lx.LAUNCH | _w("fire lob"), nouns=lx.ATTACKS),
    ObjectRule("release", "0841", "Iran freed a Swedish prisoner.",
        verbs=_w("return free release repatriate hand_over"), nouns=lx.PRISONERS),
    ObjectRule("pressure", "100", "Japan increased pressure on Kenya.",
        verbs=_w("keep_up keep increase step_up put exert apply pile ramp_up"), nouns=lx.PRESSURE),
    ObjectRule("blockade", "191", "Saudi Arabia imposed a blockade on Yemen.",
        lemmas=_w("impose order"), nouns=_w("blockade siege")),
    ObjectRule("as_requested", "060", "China took action at the request of the United States.",
        lemmas=_w("take play provide"), nouns=_w("action step part"), when=(is_requested,)),
    ObjectRule("intrusion", "150", "A Russian jet entered the airspace of Estonia.",
        lemmas=_w("cross enter violate"), nouns=_w("airspace water border zone")),
    ObjectRule("take_ground", "190", "Russia seized a town in Ukraine.",
        lemmas=_w("seize capture take retake overrun"), nouns=_w("town city village stronghold territory island")),
)  # fmt: skip


@lru_cache(maxsize=8192)
def _rules_about(key: str, lemma: str) -> tuple[ObjectRule, ...]:
    return tuple(rule for rule in OBJECT_RULES if rule.is_about(key, lemma))


def object_rule(pair: VerbAndNoun) -> ObjectRule | None:
    """The first rule that fits; None where none does."""
    return next((rule for rule in _rules_about(pair.key, pair.lemma) if rule.fits(pair)), None)
