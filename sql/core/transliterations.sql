-- Letters that are not of the basic Latin alphabet and what they sound like in it: names are compared in Latin letters.
CREATE TABLE core.transliterations (
    letter VARCHAR NOT NULL PRIMARY KEY,
    latin VARCHAR NOT NULL
);
COMMENT ON TABLE core.transliterations IS 'Letter by letter transliteration (library anyascii): accents off, Cyrillic, Greek, Arabic and others by sound, Chinese by Mandarin reading.';
COMMENT ON COLUMN core.transliterations.letter IS 'One character.';
COMMENT ON COLUMN core.transliterations.latin IS 'Its Latin letters; a syllable of Chinese or Korean ends in a blank.';
