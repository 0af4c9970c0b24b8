-- Words that put a headline under a topic (marts.article_topics): whole words in any case; Chinese ones anywhere in it.
-- Result: topic, term; chosen by hand for relations between states. A headline may have several topics or none.
-- Column topic: The topic.
-- Column term: A word, or words in a row.
-- Example: FROM topic_terms() WHERE topic = 'drugs';
CREATE OR REPLACE MACRO topic_terms() AS TABLE
SELECT t.topic, unnest(string_split(t.terms, ';')) AS term
FROM (
    VALUES
    ('drugs', 'fentanyl;opioid;opioids;overdose;overdoses;narcotic;narcotics;precursor;precursors;cartel;cartels;芬太尼;禁毒;毒品'),
    ('tariffs', 'tariff;tariffs;levies;import duty;import duties;additional duties;trade war;section 301;section 232;关税;贸易战'),
    ('trade', 'trade deal;trade talks;trade deficit;trade surplus;phase one;decoupling;exports;imports;soybeans;经贸;贸易'),
    (
        'technology',
        'chip;chips;semiconductor;semiconductors;huawei;tiktok;bytedance;nvidia;artificial intelligence;ai;5g;rare earth;rare earths;芯片;半导体;华为;稀土'
    ),
    ('export_controls', 'export control;export controls;export ban;export bans;export curbs;entity list;blacklist;blacklists;blacklisted;出口管制;实体清单'),
    ('sanctions', 'sanction;sanctions;sanctioned;asset freeze;countermeasure;countermeasures;制裁;反制'),
    ('taiwan', 'taiwan;taiwanese;taipei;taiwan strait;台湾;台海'),
    ('south_china_sea', 'south china sea;scarborough shoal;second thomas shoal;spratly;spratlys;paracel;paracels;freedom of navigation;南海'),
    ('human_rights', 'human rights;xinjiang;uyghur;uyghurs;uighur;uighurs;tibet;forced labor;forced labour;national security law;人权;新疆'),
    ('military', 'military;navy;warship;warships;missile;missiles;nuclear;pla;pentagon;drill;drills;fighter jet;fighter jets;军事;导弹'),
    ('espionage', 'spy;spies;spying;espionage;spy balloon;balloon;hacker;hackers;hacking;cyberattack;cyberattacks;间谍;黑客'),
    ('meetings', 'summit;talks;meets;visit;visits;dialogue;phone call;delegation;envoy;会晤;会谈;访问'),
    ('people', 'student;students;visa;visas;consulate;consulates;detained;detainee;detainees;extradition;journalists;留学;签证;领事'),
    ('climate', 'climate;emissions;carbon;cop26;cop27;cop28;paris agreement;气候'),
    ('health', 'covid;covid 19;coronavirus;pandemic;vaccine;vaccines;wuhan lab;world health organization;疫情;新冠')
) AS t (topic, terms);
COMMENT ON MACRO TABLE topic_terms IS 'Words that put a headline under a topic (marts.article_topics): whole words in any case; Chinese ones anywhere in it.';
