"""Words that events are told with, in CAMEO codes: verbs, nouns, and pairs of a light verb with a noun that carries the sense.

Written for this project from the definitions of the CAMEO codebook. An entry is a lemma, or lemma and particle joined by
``_`` (``call_off``). Lists stand one code a line; a word stands under one code only: the sense that news between states uses
most. What an object or a complement changes (``lift`` + ``sanctions``, ``refuse to`` + a verb) is told by the tables below and
put together in ``assets.news.coding.frames``.
"""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    """Word to code, from lines ``code: word word ...``."""
    found: dict[str, str] = {}
    for line in text.replace("\n  ", " ").strip().splitlines():
        code, _, words = line.partition(":")
        for word in words.split():
            if word in found:
                raise ValueError(f"{word} stands under {found[word]} and {code.strip()}")
            found[word] = code.strip()
    return found


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


VERBS = _table("""
010: reaffirm restate
015:
016: deny refute rebut disavow
018: mourn condole sympathize console grieve commiserate
019: concur agree_with
020: urge appeal call_on ask implore exhort entreat plead beseech call_upon petition beckon importune pray press_for push_for
  canvass
021: seek request solicit enlist
022: propose suggest recommend lobby court woo
026: invite
030: pledge promise commit agree consent assent earmark allot
036:
040: meet gather assemble converge confer consult discuss talk speak chat converse brief engage attend dine huddle convene
  meet_with caucus hobnob
  sit_down deliberate dialogue dialog mingle link_up hook_up
041: telephone phone ring
042: visit tour travel fly jet arrive journey land drop_by stop_over call_at head_to holiday
043: host receive greet entertain fete wine usher accommodate
045: mediate broker arbitrate intercede shuttle conciliate referee
046: negotiate bargain haggle parley
050: normalize normalise reconcile mend befriend ally reset cosy_up cozy_up make_up bond warm thaw patch_up reestablish
  re-establish elevate
051: praise endorse applaud commend hail laud congratulate thank salute welcome tout extol back honor honour cheer acclaim
  celebrate hearten credit toast champion vouch_for stand_with eulogize back_up approve admire acknowledge appreciate cherish
  eulogise glorify bless felicitate compliment exalt root_for stick_by plug advocate
052: defend justify vouch stand_by side side_with shield
053: rally_behind
054: recognize recognise
055: apologize apologise
056: forgive absolve
057: sign ratify initial ink accede clinch
060: cooperate collaborate co-operate partner join coordinate co-ordinate team_up work_with synchronize pool co-develop
  co-produce intermesh interoperate jointly twin pair link integrate interconnect contract cowork mesh coproduce
061: buy purchase import export sell trade invest order_from ship pipe procure lease license barter outsource source re-export
062: train_with
063: extradite hand_over turn_over
064: share exchange tip_off inform alert apprise notify
070: aid help assist support subsidize bolster gift bestow provide boost succor nurture succour sponsor uplift remit bequeath
  contribute subsidise
071: fund finance lend bankroll bail_out pay deposit write_off underwrite reimburse refinance rebuild reconstruct refund
  capitalize recapitalize
072: arm equip supply train rearm refit outfit
073: donate feed vaccinate rescue treat evacuate airlift resettle inoculate nourish clothe house
074: protect escort safeguard guard
075: shelter harbor harbour naturalize take_in
080: concede yield relent acquiesce back_down give_in bow capitulate climb_down comply loosen give_way budge soften back_off
  cave defer_to reinstate relinquish forgo reverse backtrack retract rethink moderate back_out reprieve scale_down
  ratchet_down liberalise liberalize unban
081: legalize exempt relax ease pardon amnesty permit allow let
084: return repatriate compensate give_back hand_back
0841: release free liberate parole exonerate acquit ransom
085: delist unfreeze unblock lift waive rescind repeal unblacklist
0871: stand_down
0873: demobilize demobilise disarm dismantle tear_down
0874: retreat surrender pull_back withdraw_from evacuate_from vacate
090: investigate probe inspect inquire enquire examine scrutinize scrutinise audit monitor review look_into study query
  question interrogate grill trace look_at delve screen vet quiz autopsy reexamine
100: demand insist order press pressure pressurize pressurise command compel push require lean_on lean dictate clamor clamour
  agitate ultimatum enjoin hector nag warn_off
111: criticize criticise denounce condemn slam blast lambaste lambast rebuke decry deplore chide scold castigate rap berate
  censure disparage deride mock ridicule excoriate disapprove lament fault assail rail upbraid hit_out lash_out hit_back
  reprimand admonish disagree lash scoff brand label liken sneer single_out hit_at belittle vilify pillory carp heckle bash
  flay savage scorn denigrate reproach tut chastise reprove dress_down accost reprehend lampoon satirize discredit malign
  defame jeer hiss boo curse
110: regret bemoan doubt bristle fret agonize
112: accuse blame allege suspect finger attribute incriminate impugn
1121: indict implicate
114: complain protest summon remonstrate
115: sue prosecute litigate
116: convict sentence
120: reject refuse decline dismiss rebuff spurn snub rule_out turn_down resist brush_off shrug_off disregard ignore oppose
  object shun stonewall refrain balk scupper stall scuttle brush_aside rubbish torpedo dig_in hold_out throw_out
  repudiate nix disown baulk forswear abstain demur freeze_out stymie hamper impede hinder renege withstand shirk dodge
  sidestep evade pooh-pooh
128: defy violate flout breach contravene infringe transgress overstep
129: veto blackball
130: threaten warn menace caution hint_at brandish portend bode forewarn intimate bluster bait goad taunt
139: vow swear
141: demonstrate rally march picket chant rally_against mob
143: strike boycott
144: obstruct block barricade jam
145: riot pelt
150: patrol drill mass maneuver manoeuvre parade test-fire simulate rehearse sail test-launch fly_over overfly skirt buzz flex
  dispatch roll shadow trail tail rumble saber-rattle war-game
152: mobilize mobilise deploy remilitarize scramble call_up reinforce station post garrison muster call_out arm_up entrench
160: cut_off break_off suspend cancel call_off halt freeze sever discontinue scrap downgrade curtail interrupt withhold
  retaliate scale_back sideline walk_out quit shut_out dry_up send_home close shut cut shutter decouple delink divest pause
  exclude disinvite rupture suspend_from clip slash trim forbid disallow reconsider isolate snap_off abrogate annul nullify
  revoke terminate unfriend ditch renounce abandon defund deprive
161: recall break_with
163: sanction blacklist embargo penalize penalise ban bar restrict prohibit tariff ostracize outlaw quarantine toughen punish
  tighten
166: withdraw pull_out exit leave wind_up
170: coerce intimidate force prevent harass bully stifle gag silence interfere censor hack deface sabotage intercept round_up
  hound pursue board squeeze strongarm strong-arm blackmail subvert eavesdrop spy tap wiretap infiltrate oppress subjugate
  dominate mistreat starve bribe
171: seize commandeer expropriate nationalize appropriate plunder
1711: confiscate impound embezzle
1712: destroy demolish bulldoze raze torch vandalize burn ransack blow_up wreck level vandalise
172: fine
173: charge arrest detain jail imprison incarcerate intern apprehend capture nab lock_up remand grab handcuff subpoena
  court-martial
174: expel deport evict banish exile oust kick_out turf_out boot drive_out chase extrude purge
175: crack_down repress suppress quell crush persecute tear-gas teargas brutalize muzzle
181: abduct kidnap hijack
182: beat assault maul rape molest abuse club batter knife poison rob strangle hang bludgeon kick thrash shove tase flog whip
  gang-rape mug manhandle punch scuffle brutalise pistol-whip
1822: torture
183: detonate 
186: assassinate
1823: murder stab lynch execute behead massacre slaughter decapitate shoot_dead machete
190: attack invade fight battle clash raid combat skirmish storm overrun strike_back retake wound injure maim kill slay hit
  sink ambush rocket strafe pummel fire_on fire_at pick_off thrust push_into hunt_down eliminate bayonet recapture fire mortar
  wipe_out shatter devastate counterattack roust mow_down riddle repel rout outgun counter-attack maraud penetrate topple
  overthrow bleed
191: blockade besiege encircle cordon
192: occupy annex conquer colonize colonise reoccupy
193: shoot gun_down snipe
194: shell bombard pound cannonade
195: bomb airstrike down shoot_down carpet-bomb dive-bomb drone missile
202: exterminate gas
154: draft conscript
151:
087: disengage deescalate de-escalate demilitarize demilitarise defuse
086: admit readmit
""")

NOUNS = _table("""
016: denial
129: veto
0874: withdrawal pullout retreat surrender
1822: torture
182: beating rape mistreatment
186: assassination
181: kidnapping abduction
180: killing murder
010: statement
040: talk meeting discussion dialogue consultation conversation encounter conference communication contact session exchange
041: phonecall telephone
042: visit trip tour
045: mediation
046: summit negotiation
050: rapprochement detente thaw friendship reconciliation
051: praise endorsement congratulation applause
052: defense_of
055: apology
057: agreement treaty pact accord deal memorandum truce
060: cooperation collaboration partnership
061: trade export import investment purchase
064: intelligence-sharing
070: aid assistance
073: donation vaccine
0841: release
0842: repatriation
0871: ceasefire cease-fire armistice
090: investigation probe inquiry inspection audit
100: demand ultimatum
020: appeal request plea call
111: criticism condemnation rebuke denunciation censure
112: accusation allegation
114: complaint
1121: indictment
115: lawsuit suit prosecution
120: rejection refusal opposition
130: threat warning
141: demonstration rally protest march
145: riot
150: drill exercise wargame patrol maneuver manoeuvre
154: mobilization deployment buildup
161: expulsion
163: sanction embargo tariff blacklist ban blacklisting boycott
171: seizure
173: arrest detention
175: crackdown repression
190: attack offensive invasion assault aggression clash fighting incursion strike raid
191: blockade siege
192: occupation annexation
195: airstrike bombardment bombing shelling
""")

PHRASES: tuple[tuple[frozenset[str], frozenset[str], str], ...] = tuple(
    (words(verbs), words(nouns), code)
    for code, phrases in (
        ("040", "exchange swap:view; sit:table; pay:call"),
        ("043", "play:host; roll:carpet"),
        ("045", "bring:table; offer lend:office"),
        ("050", "turn:page; bury:hatchet; mend:fence; name appoint:ambassador"),
        (
            "051",
            "throw put lend:weight; stand:behind shoulder; pay:tribute; give lend offer:backing; sing:praise; lift raise:hat",
        ),
        ("055", "ask beg:forgiveness pardon; say:sorry; express voice convey:remorse regret contrition"),
        ("057", "put:signature; sign:dotted"),
        ("062", "train practise practice sail drill fly exercise:together; hold stage conduct:joint"),
        ("063", "turn hand send pass transfer extradite:suspect trafficker fugitive record criminal evidence; face stand:trial"),
        ("064", "pass give hand share send provide:intelligence information tip data"),
        ("071", "write:loan debt; forgive cancel:debt; extend open:credit; pay foot:bill; inject pump:money cash billion"),
        ("073", "set put send:hospital; fly send rush dispatch:rescue rescuer medic doctor crew firefighter aid relief"),
        (
            "080",
            "make:good; give:way ground; drop lift withdraw:objection case claim complaint suit charge; meet accept:demand; "
            "bow yield:pressure; stop:short",
        ),
        ("084", "pay:damages compensation; give hand:back; return:remains body artifact artefact"),
        ("0873", "lay:down arms; tear:post; stand:down"),
        ("087", "hold:fire; lift end:siege blockade"),
        ("100", "lean:on; give:deadline; put bring exert turn step:pressure screw heat; set:condition"),
        (
            "111",
            "find:fault; hit lash:out; take:aim task swipe; call brand label:insult lie illegal void; express voice:anger "
            "fury; pour heap:scorn; summon call:ambassador envoy",
        ),
        ("112", "point:finger; lay put pin:blame; name:author culprit suspect"),
        ("115", "take drag:court; bring file:case suit; press:charge"),
        ("120", "say:no; throw:out; stand:firm; have see:intention; shut slam:door; turn:back deaf; rule:out; have:truck"),
        ("129", "cast use wield exercise:veto"),
        (
            "130",
            "put serve:notice; reserve:right; give issue:hours warning; rattle:saber sabre; draw:line; hint:ban sanction "
            "tariff; float mull weigh dangle:ban sanction tariff boycott penalty embargo",
        ),
        ("138", "threaten vow:attack war force invasion strike"),
        ("139", "give issue deliver set:ultimatum deadline hour"),
        ("141", "take:street; wave chant shout burn:slogan banner flag effigy"),
        ("143", "go:strike; down:tool; stop:work; begin stage call:strike"),
        ("145", "throw hurl:stone rock bottle petrol egg; set:fire; smash loot:shop window"),
        (
            "150",
            "show flex display:force muscle; sail send fly:strait; violate enter cross:airspace waters; test launch "
            "fire:missile rocket warhead",
        ),
        ("152", "put place raise go remain keep:alert readiness; call:reservist; raise:readiness"),
        (
            "161",
            "declare:grata; send order:home diplomat; bring call summon recall withdraw pull:ambassador envoy home; "
            "show:door; lower cut sever break:tie relation; close shut:embassy consulate",
        ),
        ("160", "put place:hold ice; turn:back; pull:plug; shut close:border crossing frontier airspace post; end:deal accord"),
        (
            "163",
            "put place add keep:blacklist; cut freeze halt block:import trade; strip:status preference; outlaw ban "
            "bar:import export sale shipment",
        ),
        ("1711", "freeze seize block:asset account property fund reserve"),
        (
            "173",
            "round pick take haul:custody; throw put:prison jail; bring press file:charge; hold keep:custody detention prisoner",
        ),
        ("174", "put:plane; throw kick order force drive:out; send:back"),
        ("175", "break:march protest rally crowd; fire use:teargas cannon gas"),
        ("184", "use hold:shield"),
        ("185", "attempt try:assassinate; attempt:life"),
        ("183", "kill wound injure blow:bomb bomber bombing explosion blast"),
        (
            "190",
            "open:fire; exchange trade:fire; come:blows; set:ablaze; launch start wage mount:offensive war attack; cross "
            "push:army column",
        ),
        ("191", "block blockade close seal keep:port harbor harbour sea; keep hold:shut siege"),
    )
    for phrase in phrases.split(";")
    for verbs, _, nouns in (phrase.strip().partition(":"),)
)
"""Set phrases: a verb with one of the words below it."""

WARM = words(
    "help support welcome friend friendly warm trust joint together share mutual peace cooperation partnership aid gift grant "
    "donate thank praise benefit rescue relief assist ally friendship open reopen restore resume lift ease relax free release "
    "return agree accord deal sign join invite host honour honor hail visit provide give offer forgive pardon "
    "recognise recognize"
    "donation supply train equip lend fund finance rebuild shelter protect guard escort save"
)
"""Words of cooperation, for what the lexicon has no code for."""

COLD = words(
    "threat threaten attack kill war enemy hostile anger angry fury outrage protest reject refuse deny accuse blame "
    "condemn crime"
    "violate violation illegal sanction ban block seize arrest detain expel spy sabotage destroy bomb missile troop "
    "soldier weapon"
    "gun fire shoot strike clash fight wound dead death punish penalty retaliate revenge provoke provocation insult lie liar "
    "aggression aggressor invade occupation crackdown harass bully coerce smuggle steal theft hack against burn storm raid jail "
    "prison fine forbid toughen tighten harden row feud dispute quarrel spat tension crisis ultimatum"
)
"""Words of conflict, likewise."""

CROWD_ACTS = words(
    "block burn torch storm throw chant march demand occupy barricade jam pelt protest shout gather besiege attack "
    "clash set hold"
    "dump strike surround boycott demonstrate rally stone loot hurl wave call trample smash raze ransack scale"
)
"""What crowds do; done by citizens of another state it is protest and not an act of that state."""

NOMINAL = {
    "suspension": "suspend", "withdrawal": "withdraw", "removal": "remove", "lifting": "lift", "cancellation": "cancel",
    "imposition": "impose", "reduction": "reduce", "resumption": "resume", "release": "release", "deployment": "deploy",
    "expulsion": "expel", "closure": "close", "halt": "halt", "easing": "ease", "severance": "sever", "end": "end",
    "delivery": "deliver", "recall": "recall", "cut": "cut", "cessation": "halt", "relaxation": "relax", "waiver": "waive",
    "pullout": "withdraw", "freeze": "freeze", "restoration": "restore", "establishment": "establish", "signing": "sign",
    "handover": "hand_over", "return": "return", "provision": "provide",
}  # fmt: skip
"""Nouns of acts and the verbs that they stand for."""

IMPOSE = words(
    "impose slap levy place put announce introduce enact issue add expand tighten extend renew step_up widen unveil apply adopt "
    "approve increase raise hike hit reimpose restore prepare order declare enforce reinstate implement set heap intensify "
    "toughen escalate double stiffen write sign maintain keep include pile"
)
LIFT = words(
    "lift remove ease waive end drop scrap relax suspend rescind repeal revoke cancel withdraw roll_back loosen soften abandon "
    "reduce lower cut slash halt pause postpone delay delist unfreeze terminate trim take strike exempt defer phase_out "
    "abolish annul overturn reverse void strip_away dismantle moderate shelve"
)
HALT = words(
    "suspend halt cut stop end freeze cancel break sever interrupt call_off cut_off break_off reduce curtail curb withdraw "
    "withhold scale_back postpone terminate downgrade limit pull cease block discontinue deny cut_back prohibit ban slash "
    "pause refuse rupture shelve shut_down walk_away drop scrap put_off delay"
)
HOLD = words(
    "hold resume restart conduct begin start launch open continue have renew attend join convene host maintain re-open reopen "
    "kick_off lead co-chair conclude finish wrap_up wrap stage organize restore revive enter undertake hail schedule arrange "
    "complete pursue do keep"
)
GIVE = words(
    "give provide send offer grant deliver donate supply extend ship hand approve pledge announce sell transfer contribute "
    "lend allocate channel hand_over distribute fly dispatch airlift pour pump increase boost expand resume rush allow"
)
MAKE = words("make pay undertake begin start conclude end wrap_up complete kick_off")
EXPRESS = words(
    "express voice issue lodge file reiterate make raise launch level hurl convey send give offer extend register deliver "
    "open repeat bring face reject draw"
)
SIGN = words("sign ratify conclude reach strike finalize finalise seal initial clinch forge ink make close hammer_out agree")
BUILD = words(
    "establish restore upgrade normalize normalise strengthen deepen improve enhance expand boost resume open reopen cement "
    "develop build mend repair advance promote elevate broaden"
)
BREAK = words("break violate breach abandon quit tear_up exit ditch scrap leave renounce withdraw cancel end suspend")
SEND = words(
    "send deploy dispatch move mass station position amass mobilize mobilise increase order reinforce rush boost "
    "put place fly sail"
)
PULL = words("withdraw pull_out pull remove pull_back redeploy recall reduce evacuate")
LAUNCH = words("launch carry_out conduct mount stage unleash begin start open wage commit")

SANCTIONS = words(
    "sanction tariff duty embargo ban restriction curb blacklist penalty levy boycott freeze limit quota prohibition list "
    "measure countermeasure export-control moratorium sanctions"
)
RESTRICTIONS = words("control barrier ceiling bar limitation block")
EMERGENCY = words("curfew emergency martial law")
TALKS = words(
    "talk negotiation meeting summit dialogue consultation conversation discussion exchange conference communication contact "
    "session round call channel hotline visit trip phone"
)
VISITS = words("visit trip tour stop stopover")
AID = words(
    "aid assistance help relief loan grant fund funding dollar money cash credit food medicine supply vaccine dose blanket "
    "tent rice wheat grain equipment doctor bus ambulance support donation package million billion yuan euro shipment bailout gas"
)
ARMS = words(
    "weapon arm arms missile tank rocket ammunition munition gun drone howitzer weaponry fighter jet intelligence "
    "artillery hardware"
)
HUMANITARIAN = words("food medicine humanitarian relief vaccine blanket tent rice wheat grain refugee medical dose")
TIES = words("tie relation relationship cooperation link partnership friendship")
TRADE = words("trade import export shipment purchase sale flight air delivery supply")
DEALS = words(
    "agreement treaty deal pact accord memorandum mou contract protocol declaration communique compromise settlement truce "
    "ceasefire cease-fire armistice convention"
)
CEASEFIRE = words("truce ceasefire cease-fire armistice")
CRITICISM = words("criticism condemnation accusation concern objection dissatisfaction outrage anger disapproval fury dismay")
PROTEST_NOTES = words("protest complaint demarche representation representations")
LAWSUITS = words("lawsuit suit charge indictment case")
PRAISE = words("support praise gratitude appreciation thanks solidarity congratulation confidence satisfaction backing")
CONDOLENCE = words("condolence sympathy")
HOPE = words("hope optimism")
APOLOGY = words("apology regret remorse contrition")
THREATS = words("threat warning ultimatum")
REQUESTS = words(
    "demand request appeal call plea ultimatum offer proposal plan invitation idea suggestion overture mediation initiative"
)
TROOPS = words(
    "troop force soldier warship carrier plane army unit peacekeeper battalion brigade fleet ship aircraft reservist marine "
    "personnel contingent missile bomber fighter tank destroyer submarine base"
)
EXERCISES = words("exercise drill wargame maneuver manoeuvre game patrol")
ATTACKS = words(
    "attack strike raid assault offensive invasion airstrike bombing missile rocket bomb operation incursion war bombardment "
    "ambush fire shell shelling aggression"
)
INVESTIGATIONS = words("investigation probe inquiry inquest inspection hearing audit review inspector")
ENVOYS = words("ambassador envoy consul attache diplomat")
PRISONERS = words(
    "prisoner hostage detainee captive inmate crew sailor soldier fisherman journalist national citizen body remains"
)
MISSIONS = words("embassy consulate mission office")
PRESSURE = words("pressure")
FRONTIERS = words("border crossing frontier airspace port market")
LEGAL = words(
    "case lead suspect evidence criminal crime police law legal judicial court drug fentanyl trafficking extradition fugitive "
    "smuggling narcotic prosecution laundering"
)
ECONOMIC = words("trade economic economy investment business market tariff finance financial export import energy gas oil")
MILITARY = words("military army defense defence troop weapon security naval navy force arms missile nuclear joint soldier")

RECEIVE = words("receive get obtain win draw earn face suffer attract incur garner secure")
"""Verbs whose subject is the one to whom it was done: ``drew criticism from``."""

RECEIVED: tuple[tuple[frozenset[str], str], ...] = (
    (SANCTIONS - {"measure", "list", "measures"}, "163"),
    (THREATS, "130"),
    (words("veto"), "129"),
    (PRAISE | words("approval endorsement recognition"), "051"),
    (CRITICISM | words("rebuke censure scorn flak backlash"), "111"),
    (PROTEST_NOTES, "114"),
    (words("lawsuit suit"), "115"),
    (words("apology"), "055"),
    (words("request appeal call plea invitation"), "020"),
    (words("demand pressure ultimatum"), "100"),
    (words("investigation probe inquiry"), "090"),
    (words("attack strike fire shelling raid invasion bombardment"), "190"),
    (ARMS - {"intelligence", "gun", "arm"}, "072"),
    (words("intelligence information evidence"), "064"),
    (AID - {"support", "bus", "yuan", "euro", "million", "billion", "gas"} | words("gift document vessel boat ship"), "070"),
)
"""What is received, and the code of giving it."""

UNDER = {"attack": "190", "fire": "190", "pressure": "100", "siege": "191", "bombardment": "195", "sanction": "163"}
"""``under pressure from``: who is under it is the target."""

SAY = words(
    "say announce report confirm tell add claim state declare reveal believe note show indicate disclose write acknowledge "
    "explain remark quote suggest hint estimate think stress emphasize emphasise reiterate admit comment tweet post repeat "
    "maintain argue assert cite according learn hear see find predict expect conclude contend mention observe recall underline"
)
"""Verbs whose complement is what is told; who says it is not who acts."""

ANNOUNCE = words("announce declare decide")

AGREE = words("agree pledge promise offer commit undertake vow volunteer guarantee assure consent swear decide opt accept")
URGE = words(
    "urge ask call_on appeal call_for implore exhort beg request invite encourage advise seek plead call want recommend propose "
    "call_upon"
)
DEMAND = words("demand insist press pressure order push require force tell compel command instruct pressurize")
REFUSE = words("refuse decline reject fail neglect oppose resist avoid rule_out refrain stop_short hesitate deny skip")
THREATEN = words("threaten warn menace")
STOP = words("stop cease end halt quit suspend discontinue finish abandon")
INTEND = words("plan intend aim prepare expect seek try attempt set want hope wish mull consider weigh plot contemplate schedule")
DENY = words("deny refute")
START = words("begin start continue resume keep proceed move rush go_on manage step_up")
PERMIT = words("allow permit let enable authorize authorise")

OBJECT_CONTROL = words(
    "urge ask order tell call force allow permit let enable compel press pressure push want request invite encourage advise "
    "implore exhort beg require persuade convince warn help lead get send authorize authorise expect command instruct persuade "
    "call_on call_upon appeal demand accuse suspect blame criticize praise thank condemn prevent ban bar sue charge"
)
"""Verbs whose object does what their complement tells (``urged China to release``, ``accused the US of restoring``)."""

RECIPROCAL_VERBS = words(
    "meet confer talk negotiate agree sign clash fight battle cooperate collaborate discuss trade exchange speak normalize "
    "normalise reconcile resume hold restore establish upgrade reach renew skirmish consult share swap conduct launch stage "
    "conclude converse haggle bargain begin open restart ratify unite differ feud row"
)

FUTURE = words("will 'll shall would wo going")
OBLIGATION = words("must should need ought have")
POSSIBILITY = words("may might could can")
CONDITION = words("if unless whether until")
