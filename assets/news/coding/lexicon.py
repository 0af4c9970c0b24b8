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
  disclaim debunk
018: mourn condole sympathize console grieve commiserate
019: concur agree_with
020: urge appeal call_on ask implore exhort entreat plead beseech call_upon petition beckon importune pray press_for push_for
  canvass
  beg beg_for plead_for cry_out_for clamor_for counsel adjure supplicate prod nudge cajole egg_on ask_for
021: seek request solicit enlist
  apply_for bid_for sound_out look_to
022: propose suggest recommend lobby court woo
026: invite
030: pledge promise commit agree consent assent earmark allot
  sign_up sign_on opt_in
036:
040: meet gather assemble converge confer consult discuss talk speak chat converse brief engage attend dine huddle convene
  meet_with caucus hobnob
  sit_down deliberate dialogue dialog mingle link_up hook_up
  touch_base huddle_with catch_up sit_with rendezvous
041: telephone phone ring
042: visit tour travel fly jet arrive journey land drop_by stop_over call_at head_to holiday
  dock touch_down drop_in drop_in_on stop_in swing_by fly_in fly_into head_for jet_off sojourn disembark pass_through
  stop_off
043: host receive greet entertain fete wine usher accommodate
  regale banquet
045: mediate broker arbitrate intercede shuttle conciliate referee
  intermediate
046: negotiate bargain haggle parley
  thrash_out hash_out iron_out
050: normalize normalise reconcile mend befriend ally reset cosy_up cozy_up make_up bond warm thaw patch_up reestablish
  re-establish elevate
  reengage re-engage smooth_over rekindle draw_closer warm_to make_peace hit_it_off
051: praise endorse applaud commend hail laud congratulate thank salute welcome tout extol back honor honour cheer acclaim
  celebrate hearten credit toast champion vouch_for stand_with eulogize back_up approve admire acknowledge appreciate cherish
  eulogise glorify bless felicitate compliment exalt root_for stick_by plug advocate
  lionize lionise stand_behind stand_alongside cheer_on venerate esteem embrace rally_round sing_praise plump_for
052: defend justify vouch stand_by side side_with shield
  stick_up_for speak_up_for
053: rally_behind
054: recognize recognise
055: apologize apologise
  atone repent
056: forgive absolve
  condone
057: sign ratify initial ink accede clinch
  countersign formalize formalise
060: cooperate collaborate co-operate partner join coordinate co-ordinate team_up work_with synchronize pool co-develop
  co-produce intermesh interoperate jointly twin pair link integrate interconnect contract cowork mesh coproduce
  liaise work_together work_alongside band_together merge harmonize harmonise align dovetail tie_up interlink co-host
  cohost co-sponsor co-finance
061: buy purchase import export sell trade invest order_from ship pipe procure lease license barter outsource source re-export
  snap_up purvey resell retail peddle contract_for acquire
062: train_with
063: extradite hand_over turn_over
064: share exchange tip_off inform alert apprise notify
  tip pass_on relay debrief
070: aid help assist support subsidize bolster gift bestow provide boost succor nurture succour sponsor uplift remit bequeath
  contribute subsidise
  furnish endow entrust prop_up buoy
071: fund finance lend bankroll bail_out pay deposit write_off underwrite reimburse refinance rebuild reconstruct refund
  capitalize recapitalize
  shore_up cough_up shell_out stump_up chip_in tide_over
072: arm equip supply train rearm refit outfit
  kit_out re-equip reequip
073: donate feed vaccinate rescue treat evacuate airlift resettle inoculate nourish clothe house
  tend tend_to nurse immunize immunise airdrop air-drop medevac ferry hospitalize hospitalise
074: protect escort safeguard guard
  convoy
075: shelter harbor harbour naturalize take_in
  naturalise rehouse
080: concede yield relent acquiesce back_down give_in bow capitulate climb_down comply loosen give_way budge soften back_off
  cave defer_to reinstate relinquish forgo reverse backtrack retract rethink moderate back_out reprieve scale_down
  ratchet_down liberalise liberalize unban
  bend buckle knuckle_under appease placate mollify pander kowtow recant come_round come_around row_back backpedal
  back-pedal ease_off let_up stand_aside u-turn
081: legalize exempt relax ease pardon amnesty permit allow let
  legalise decriminalize decriminalise wave_through let_in regularize regularise spare commute authorize authorise
  greenlight green-light okay
084: return repatriate compensate give_back hand_back
  restitute
0841: release free liberate parole exonerate acquit ransom
  let_go set_free emancipate
085: delist unfreeze unblock lift waive rescind repeal unblacklist
  unlock uncap deblock
0871: stand_down
0873: demobilize demobilise disarm dismantle tear_down
  denuclearize denuclearise
0874: retreat surrender pull_back withdraw_from evacuate_from vacate
  decamp pull_away
090: investigate probe inspect inquire enquire examine scrutinize scrutinise audit monitor review look_into study query
  question interrogate grill trace look_at delve screen vet quiz autopsy reexamine
  dig_into sift scour
100: demand insist order press pressure pressurize pressurise command compel push require lean_on lean dictate clamor clamour
  agitate ultimatum enjoin hector nag warn_off
  badger insist_on browbeat dun arm-twist
111: criticize criticise denounce condemn slam blast lambaste lambast rebuke decry deplore chide scold castigate rap berate
  censure disparage deride mock ridicule excoriate disapprove lament fault assail rail upbraid hit_out lash_out hit_back
  reprimand admonish disagree lash scoff brand label liken sneer single_out hit_at belittle vilify pillory carp heckle bash
  flay savage scorn denigrate reproach tut chastise reprove dress_down accost reprehend lampoon satirize discredit malign
  defame jeer hiss boo curse spar bicker squabble wrangle quarrel
  rip trash pan fulminate inveigh thunder fume seethe lacerate blister roast skewer tear_into lay_into rip_into
  rail_against smear besmirch insult demonize demonise stigmatize stigmatise deprecate execrate revile abhor grumble
  gripe grouse moan whine bellyache knock berate_for bawl rant harangue lecture scoff_at bristle_at
110: regret bemoan doubt bristle fret agonize
112: accuse blame allege suspect finger attribute incriminate impugn
  inculpate
1121: indict implicate
114: complain protest summon remonstrate
115: sue prosecute litigate
116: convict sentence
120: reject refuse decline dismiss rebuff spurn snub rule_out turn_down resist brush_off shrug_off disregard ignore oppose
  object shun stonewall refrain balk scupper stall scuttle brush_aside rubbish torpedo dig_in hold_out throw_out
  repudiate nix disown baulk forswear abstain demur freeze_out stymie hamper impede hinder renege withstand shirk dodge
  sidestep evade pooh-pooh
  cold-shoulder wave_away wave_aside wave_off slap_down knock_back bat_away blank stiff-arm deflect duck fob_off
  turn_away contest dispute opt_out filibuster hold_off push_back push_back_against stay_out walk_away
128: defy violate flout breach contravene infringe transgress overstep
  disobey
129: veto blackball
130: threaten warn menace caution hint_at brandish portend bode forewarn intimate bluster bait goad taunt
  growl
139: vow swear
141: demonstrate rally march picket chant rally_against mob
143: strike boycott
144: obstruct block barricade jam
145: riot pelt
  firebomb daub
150: patrol drill mass maneuver manoeuvre parade test-fire simulate rehearse sail test-launch fly_over overfly skirt buzz flex
  dispatch roll shadow trail tail rumble saber-rattle war-game
  prowl circle cross_into encroach intrude trespass loiter
152: mobilize mobilise deploy remilitarize scramble call_up reinforce station post garrison muster call_out arm_up entrench
  forward-deploy preposition pre-position
160: cut_off break_off suspend cancel call_off halt freeze sever discontinue scrap downgrade curtail interrupt withhold
  retaliate scale_back sideline walk_out quit shut_out dry_up send_home close shut cut shutter decouple delink divest pause
  exclude disinvite rupture suspend_from clip slash trim forbid disallow reconsider isolate snap_off abrogate annul nullify
  revoke terminate unfriend ditch renounce abandon defund deprive
  axe ax yank mothball ground unplug jettison dump drop_out bow_out turn_off switch_off rip_up tear_up shut_off
  opt_out_of disband spike
161: recall break_with
163: sanction blacklist embargo penalize penalise ban bar restrict prohibit tariff ostracize outlaw quarantine toughen punish
  tighten
  cap tax curb limit choke_off throttle proscribe designate debar surcharge penalize_with
166: withdraw pull_out exit leave wind_up
170: coerce intimidate force prevent harass bully stifle gag silence interfere censor hack deface sabotage intercept round_up
  hound pursue board squeeze strongarm strong-arm blackmail subvert eavesdrop spy tap wiretap infiltrate oppress subjugate
  dominate mistreat starve bribe
  bug spy_on break_into hack_into railroad cow
171: seize commandeer expropriate nationalize appropriate plunder
  requisition
1711: confiscate impound embezzle
1712: destroy demolish bulldoze raze torch vandalize burn ransack blow_up wreck level vandalise
172: fine
  clamp_down clamp_down_on
173: charge arrest detain jail imprison incarcerate intern apprehend capture nab lock_up remand grab handcuff subpoena
  court-martial
  bust collar haul_in haul_off bag snare net lock_away
174: expel deport evict banish exile oust kick_out turf_out boot drive_out chase extrude purge
  boot_out chuck_out bundle
175: crack_down repress suppress quell crush persecute tear-gas teargas brutalize muzzle
181: abduct kidnap hijack
  snatch waylay
182: beat assault maul rape molest abuse club batter knife poison rob strangle hang bludgeon kick thrash shove tase flog whip
  gang-rape mug manhandle punch scuffle brutalise pistol-whip
  rough_up beat_up clobber
1822: torture
183: detonate 
186: assassinate
1823: murder stab lynch execute behead massacre slaughter decapitate shoot_dead machete
  butcher bump_off
190: attack invade fight battle clash raid combat skirmish storm overrun strike_back retake wound injure maim kill slay hit
  sink ambush rocket strafe pummel fire_on fire_at pick_off thrust push_into hunt_down eliminate bayonet recapture fire mortar
  wipe_out shatter devastate counterattack roust mow_down riddle repel rout outgun counter-attack maraud penetrate topple
  overthrow bleed
  pounce swoop pulverize pulverise decimate annihilate obliterate ravage take_out blow_away slam_into rappel
191: blockade besiege encircle cordon
192: occupy annex conquer colonize colonise reoccupy
  take_over
193: shoot gun_down snipe
194: shell bombard pound cannonade
195: bomb airstrike down shoot_down carpet-bomb dive-bomb drone missile
  bring_down blitz
202: exterminate gas
154: draft conscript
151:
087: disengage deescalate de-escalate demilitarize demilitarise defuse
  deconflict
086: admit readmit
013: look_forward look_forward_to
125: stay_away give_miss
153: fortify militarize militarise
""")

NOUNS = _table("""
016: denial
129: veto
0874: withdrawal pullout retreat surrender
  drawdown pullback disengagement
1822: torture
182: beating rape mistreatment
186: assassination
181: kidnapping abduction
  hostage-taking hijacking
180: killing murder
010: statement
040: talk meeting discussion dialogue consultation conversation encounter conference communication contact session exchange
  rendezvous powwow huddle audience get-together
041: phonecall telephone
042: visit trip tour
  stopover sojourn
045: mediation
  arbitration
046: summit negotiation
050: rapprochement detente thaw friendship reconciliation
051: praise endorsement congratulation applause
  tribute plaudit acclaim backing
052: defense_of
055: apology
057: agreement treaty pact accord deal memorandum truce
  concordat compact settlement
060: cooperation collaboration partnership
  alliance teamwork tie-up
061: trade export import investment purchase
064: intelligence-sharing
070: aid assistance
  bailout subsidy handout
073: donation vaccine
0841: release
0842: repatriation
0871: ceasefire cease-fire armistice
090: investigation probe inquiry inspection audit
100: demand ultimatum
020: appeal request plea call
111: criticism condemnation rebuke denunciation censure
  outcry tirade broadside diatribe reprimand scolding swipe jibe
112: accusation allegation
114: complaint
1121: indictment
115: lawsuit suit prosecution
120: rejection refusal opposition
  rebuff snub
130: threat warning
  sabre-rattling saber-rattling blackmail
141: demonstration rally protest march
  sit-in vigil picket
145: riot
150: drill exercise wargame patrol maneuver manoeuvre
  overflight flyover wargames
154: mobilization deployment buildup
161: expulsion
163: sanction embargo tariff blacklist ban blacklisting boycott
171: seizure
173: arrest detention
  jailing imprisonment incarceration
175: crackdown repression
190: attack offensive invasion assault aggression clash fighting incursion strike raid
  onslaught ambush barrage skirmish shootout gunfight gunbattle battle blitz foray gunfire
191: blockade siege
192: occupation annexation
195: airstrike bombardment bombing shelling
018: condolence sympathy
053: lobbying
063: extradition
080: concession climbdown capitulation
081: amnesty pardon exemption reprieve
085: delisting unfreezing
084: restitution
153: fortification
160: walkout cutoff
174: deportation ouster banishment
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
            "exchange swap:congratulation greeting; "
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
            "find:fault; trade swap exchange:barb insult jibe; "
            "hit lash:out; take:aim task swipe; call brand label:insult lie illegal void; express voice:anger "
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
        ("019", "see:eye; share:view opinion concern"),
        ("040", "compare:note; shake:hand; rub:shoulder elbow; cross:path; hold have:word audience"),
        ("042", "set:foot; pay:visit"),
        ("045", "act play serve step:go-between mediator intermediary broker peacemaker"),
        (
            "050",
            "settle resolve end heal mend bury smooth:row dispute quarrel feud rift spat difference hatchet; make:peace; "
            "break thaw:ice; open turn:chapter",
        ),
        ("051", "close:rank; pat:back; give:credit nod blessing; take:hat"),
        ("052", "take:side part; come rush leap:defence defense"),
        ("057", "come:term; clear:way; shake:deal"),
        ("060", "join:force hand; work:hand tandem; make:common"),
        ("061", "do:business; take:delivery; land win:order contract"),
        ("064", "keep:abreast informed posted loop; fill:in"),
        ("070", "come rush fly go:aid rescue help; lend give:hand; throw toss cast:lifeline"),
        ("071", "foot pick settle:bill tab; dig dip:pocket; put:money cash euro dollar"),
        ("074", "keep stand:watch guard"),
        ("080", "toe:line; change:course tack mind; make:concession; swallow:term"),
        ("081", "give:light go-ahead clearance; open:door"),
        ("0841", "set:free loose liberty; let:loose"),
        ("087", "silence still:gun; stay:hand"),
        ("0871", "lay:weapon; bury:hatchet"),
        ("100", "twist:arm; hold:foot; read:riot"),
        (
            "111",
            "take:umbrage exception offence offense issue potshot; cry:foul; vent spit:anger fury venom; sound:off; raise:stink",
        ),
        ("112", "trade swap exchange:blame accusation; hold:responsible accountable liable; see:hand; lay:door; call:out"),
        ("116", "find:guilty"),
        (
            "120",
            "pour throw:water; give:berth miss shoulder shrift; hold:line; drag:foot heel; dig:heel; "
            "leave:unanswered lurch; wash:hand",
        ),
        (
            "130",
            "raise:specter spectre prospect; keep leave:option table; speak talk warn:consequence reprisal retaliation; "
            "bare:tooth",
        ),
        ("138", "speak talk:war"),
        ("139", "set give:deadline"),
        ("141", "stage hold mount:sit-in vigil rally march protest demonstration picket"),
        ("150", "lock:radar; beat:drum"),
        ("161", "withdraw revoke:recognition; call bring:home"),
        ("164", "leave quit walk abandon:table talk negotiation"),
        ("173", "put throw:bar jail; clap:iron; pick:up"),
        ("174", "send:packing; show:door"),
        ("181", "take hold:hostage captive"),
        ("1823", "put:death; hack stab beat:death"),
        ("194", "rain pour lob hurl pump:shell rocket mortar artillery"),
        ("190", "come go:attack offensive; put:torch; lay:waste"),
    )
    for phrase in phrases.split(";")
    for verbs, _, nouns in (phrase.strip().partition(":"),)
)
"""Set phrases: a verb with one of the words below it."""

WARM = words(
    "agreement embrace backing solidarity condolence congratulate apology reconcile reconciliation truce ceasefire "
    "handshake toast greet ambassador goodwill generous benefactor lifeline humanitarian medic medicine food "
    "scholarship investment exchange bridge reunite amity fraternal brotherly grateful gratitude pact treaty "
    "partner cordial amicable unfreeze thaw normalise normalize relent concession exempt waive admire approve "
    "commend celebrate bless "
    "help support welcome friend friendly warm trust joint together share mutual peace cooperation partnership aid gift grant "
    "donate thank praise benefit rescue relief assist ally friendship open reopen restore resume lift ease relax free release "
    "return agree accord deal sign join invite host honour honor hail visit provide give offer forgive pardon "
    "recognise recognize"
    "donation supply train equip lend fund finance rebuild shelter protect guard escort save"
)
"""Words of cooperation, for what the lexicon has no code for."""

COLD = words(
    "hostage kidnap torture massacre ambush siege blockade boycott spurn snub rebuff slam blast denounce furious "
    "outraged vow boot oust deport banish charge indict freeze sever scrap cancel suspend cut expulsion "
    "retaliation reprisal countermeasure tariff curb embargo blacklist shell rocket drone bomber artillery "
    "warplane gunman rebel mob riot effigy torch stone loot protester rally warn danger mock dismiss refusal "
    "intrusion incursion standoff casualty victim bloodshed injured slay bullet sniper warhead slap clamp impound "
    "confiscate rage wrath ire poison hacker cyberattack espionage "
    "threat threaten attack kill war enemy hostile anger angry fury outrage protest reject refuse deny accuse blame "
    "condemn crime"
    "violate violation illegal sanction ban block seize arrest detain expel spy sabotage destroy bomb missile troop "
    "soldier weapon"
    "gun fire shoot strike clash fight wound dead death punish penalty retaliate revenge provoke provocation insult lie liar "
    "aggression aggressor invade occupation crackdown harass bully coerce smuggle steal theft hack against burn storm raid jail "
    "prison fine forbid toughen tighten harden row feud dispute quarrel spat tension crisis ultimatum"
)
"""Words of conflict, likewise."""

STATIVE = words(
    "depend border lie belong resemble include consist account rank exceed outnumber outrank measure weigh inhabit "
    "comprise differ "
    "overtake outpace remember recall date originate hail stem lag trail adjoin straddle constitute contain speak "
    "retire study graduate"
)
"""Verbs of states of affairs, which tell no event between their subject and object."""

LEVELS = words(
    "record high low number target milestone peak level mark goal bottom market shelf screen headline road snag total rate "
    "volume ceiling quota figure billion million"
)
"""What figures and goods hit, without harm to anybody."""

MARKETS = words("stock equity bond currency index nasdaq yuan yen rouble ruble euro dollar bitcoin")
"""Words of exchanges."""

SPORT = words(
    "semi-final semifinal quarter-final quarterfinal qualifier wicket innings goalless playoff play-off midfielder "
    "striker goalkeeper "
    "cricket football soccer rugby tennis hockey basketball volleyball championship medal olympics olympic tournament thriller "
    "cliffhanger league finalissima goal kickoff shootout scorer batsman bowler fixture knockout final cup trophy"
)
"""Words of games."""

SPORT_VERBS = words(
    "beat defeat edge thrash crush face host meet rout down sink hold stun hammer overcome outclass trounce upset "
    "eliminate draw oust "
    "knock_out battle fight clash win hit play tie shock see_off"
)
"""Verbs of games that are also verbs of war and of meetings."""

CROWD_ACTS = words(
    "block burn torch storm throw chant march demand occupy barricade jam pelt protest shout gather besiege attack "
    "clash set hold"
    "dump strike surround boycott demonstrate rally stone loot hurl wave call trample smash raze ransack scale"
)
"""What crowds do; done by citizens of another state it is protest and not an act of that state."""

NOMINAL = {
    "suspension": "suspend", "redeployment": "deploy", "withdrawal": "withdraw", "removal": "remove",
    "lifting": "lift", "cancellation": "cancel",
    "imposition": "impose", "reduction": "reduce", "resumption": "resume", "release": "release", "deployment": "deploy",
    "expulsion": "expel", "closure": "close", "halt": "halt", "easing": "ease", "severance": "sever", "end": "end",
    "delivery": "deliver", "recall": "recall", "cut": "cut", "cessation": "halt", "relaxation": "relax", "waiver": "waive",
    "pullout": "withdraw", "freeze": "freeze", "restoration": "restore", "establishment": "establish", "signing": "sign",
    "handover": "hand_over", "return": "return", "provision": "provide",
}  # fmt: skip
"""Nouns of acts and the verbs that they stand for."""

IMPOSE = words(
    "clamp slam smack whack ratchet_up jack_up beef_up strengthen harden "
    "impose slap levy place put announce introduce enact issue add expand tighten extend renew step_up widen unveil apply adopt "
    "approve increase raise hike hit reimpose restore prepare order declare enforce reinstate implement set heap intensify "
    "toughen escalate double stiffen write sign maintain keep include pile"
)
LIFT = words(
    "halve quash strike_down wind_down unwind undo ditch axe put_off throw_out water_down scale_back walk_back "
    "row_back junk forgo call_off stop do_away_with lighten unlock "
    "lift remove ease waive end drop scrap relax suspend rescind repeal revoke cancel withdraw roll_back loosen soften abandon "
    "reduce lower cut slash halt pause postpone delay delist unfreeze terminate trim take strike exempt defer phase_out "
    "abolish annul overturn reverse void strip_away dismantle moderate shelve"
)
HALT = words(
    "axe nix turn_off switch_off ditch yank ground mothball spike dump row_back walk_back jettison forgo adjourn "
    "abort give_up shut_off turn_back do_away_with tear_up "
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
    "greenlight green-light clear gift earmark bring present fund fly_in bestow furnish ferry truck parachute "
    "airdrop "
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
    "rekindle reset revive nurture "
    "establish restore upgrade normalize normalise strengthen deepen improve enhance expand boost resume open reopen cement "
    "develop build mend repair advance promote elevate broaden"
)
BREAK = words(
    "rip_up walk_back back_out pull_out withdraw_from renege_on repudiate annul tear "
    "break violate breach abandon quit tear_up exit ditch scrap leave renounce withdraw cancel end suspend"
)
SEND = words(
    "line_up bring_up build_up beef_up strengthen fortify park field pour flood concentrate forward bolster "
    "send deploy dispatch move mass station position amass mobilize mobilise increase order reinforce rush boost "
    "put place fly sail"
)
PULL = words(
    "pull_off pull_away withdraw_from bring_home draw_down scale_down "
    "withdraw pull_out pull remove pull_back redeploy recall reduce evacuate"
)
LAUNCH = words(
    "resume renew step_up intensify rain order launch carry_out conduct mount stage unleash begin start open wage commit"
)

SANCTIONS = words(
    "surtax surcharge "
    "sanction tariff duty embargo ban restriction curb blacklist penalty levy boycott freeze limit quota prohibition list "
    "measure countermeasure export-control moratorium sanctions"
)
RESTRICTIONS = words(
    "requirement fee toll cap check cutoff stoppage formality hurdle control barrier ceiling bar limitation block"
)
EMERGENCY = words("curfew emergency martial law")
TALKS = words(
    "talk negotiation meeting summit dialogue consultation conversation discussion exchange conference communication contact "
    "session round call channel hotline visit trip phone"
)
VISITS = words("visit trip tour stop stopover")
AID = words(
    "oxygen insulin flour generator clothing parcel ration foodstuff lifeboat medic "
    "aid assistance help relief loan grant fund funding dollar money cash credit food medicine supply vaccine dose blanket "
    "tent rice wheat grain equipment doctor bus ambulance support donation package million billion yuan euro shipment bailout gas"
)
ARMS = words(
    "helicopter shell radar launcher battery mortar firearm bullet "
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
CRITICISM = words(
    "alarm unease disappointment ire misgiving disgust indignation consternation revulsion displeasure discontent "
    "shock "
    "criticism condemnation accusation concern objection dissatisfaction outrage anger disapproval fury dismay"
)
PROTEST_NOTES = words("protest complaint demarche representation representations")
LAWSUITS = words("lawsuit suit charge indictment case")
PRAISE = words(
    "admiration approval commendation blessing understanding goodwill "
    "support praise gratitude appreciation thanks solidarity congratulation confidence satisfaction backing"
)
CONDOLENCE = words("condolence sympathy")
HOPE = words("hope optimism")
APOLOGY = words("apology regret remorse contrition")
THREATS = words("threat warning ultimatum")
REQUESTS = words(
    "feeler bid application petition entreaty approach pitch "
    "demand request appeal call plea ultimatum offer proposal plan invitation idea suggestion overture mediation initiative"
)
TROOPS = words(
    "garrison armour armor howitzer artillery launcher militia gunboat vessel frigate regiment division squadron "
    "jet helicopter commando paratrooper boat warplane patrol guard reinforcement "
    "troop force soldier warship carrier plane army unit peacekeeper battalion brigade fleet ship aircraft reservist marine "
    "personnel contingent missile bomber fighter tank destroyer submarine base"
)
EXERCISES = words("exercise drill wargame maneuver manoeuvre game patrol")
ATTACKS = words(
    "onslaught barrage shellfire gunfire hostility "
    "attack strike raid assault offensive invasion airstrike bombing missile rocket bomb operation incursion war bombardment "
    "ambush fire shell shelling aggression"
)
INVESTIGATIONS = words("investigation probe inquiry inquest inspection hearing audit review inspector")
ENVOYS = words("counsellor representative mission ambassador envoy consul attache diplomat")
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

RECEIVE = words(
    "reap invite meet_with come_under run_into weather receive get obtain win draw earn face suffer attract incur garner secure"
)
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

AGREE = words(
    "okay sign_up opt_in engage "
    "agree pledge promise offer commit undertake vow volunteer guarantee assure consent swear decide opt accept"
)
URGE = words(
    "nudge prod counsel petition coax adjure lobby "
    "urge ask call_on appeal call_for implore exhort beg request invite encourage advise seek plead call want recommend propose "
    "call_upon"
)
DEMAND = words(
    "insist_on call_in enjoin demand insist press pressure order push require force tell compel command instruct pressurize"
)
REFUSE = words(
    "balk baulk spurn disdain forbear scorn hold_off "
    "refuse decline reject fail neglect oppose resist avoid rule_out refrain stop_short hesitate deny skip"
)
THREATEN = words("caution threaten warn menace")
STOP = words("desist drop forgo give_up stop cease end halt quit suspend discontinue finish abandon")
INTEND = words(
    "eye ponder propose mean ready gear_up look "
    "plan intend aim prepare expect seek try attempt set want hope wish mull consider weigh plot contemplate schedule"
)
DENY = words("disclaim disavow deny refute")
START = words("begin start continue resume keep proceed move rush go_on manage step_up")
PERMIT = words("clear license allow permit let enable authorize authorise")

OBJECT_CONTROL = words(
    "nudge prod counsel petition coax adjure lobby need dissuade deter stop block forbid "
    "urge ask order tell call force allow permit let enable compel press pressure push want request invite encourage advise "
    "implore exhort beg require persuade convince warn help lead get send authorize authorise expect command instruct persuade "
    "call_on call_upon appeal demand accuse suspect blame criticize praise thank condemn prevent ban bar sue charge"
)
"""Verbs whose object does what their complement tells (``urged China to release``, ``accused the US of restoring``)."""

RECIPROCAL_VERBS = words(
    "meet confer talk negotiate agree sign clash fight battle cooperate collaborate discuss trade exchange speak normalize "
    "normalise reconcile resume hold restore establish upgrade reach renew skirmish consult share swap conduct launch stage "
    "conclude converse haggle bargain begin open restart ratify unite differ feud row spar bicker squabble wrangle quarrel "
    "expand boost strengthen deepen enhance link build upgrade"
)

FUTURE = words("will 'll shall would wo going")
OBLIGATION = words("must should need ought have")
POSSIBILITY = words("may might could can")
CONDITION = words("if unless whether until")
