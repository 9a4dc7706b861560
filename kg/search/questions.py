"""What the index is asked, in SQL."""

# Types, things and words are handed over as JSON lists; no text is ever pasted into a question.
BEARING = """
SELECT DISTINCT thing FROM name
WHERE folded IN (:folded, :plain) AND (:types = '[]' OR EXISTS (
  SELECT 1 FROM belongs b WHERE b.thing = name.thing AND b.type IN (SELECT value FROM json_each(:types))))
ORDER BY thing LIMIT :most"""
BEARING_BARE = """
SELECT DISTINCT thing FROM name JOIN thing ON thing.id = name.thing
WHERE bare <> '' AND bare = :bare AND (:kinds = '[]' OR thing.type IN (SELECT value FROM json_each(:kinds)))
  AND (:types = '[]' OR EXISTS (
  SELECT 1 FROM belongs b WHERE b.thing = name.thing AND b.type IN (SELECT value FROM json_each(:types))))
ORDER BY thing LIMIT :most"""
STARTING = """
SELECT thing FROM name
WHERE folded >= :folded AND folded < :end AND property NOT IN ('notation', 'gssCode') AND (:types = '[]' OR EXISTS (
  SELECT 1 FROM belongs b WHERE b.thing = name.thing AND b.type IN (SELECT value FROM json_each(:types))))
ORDER BY folded LIMIT :most"""
MATCHING = "SELECT rowid FROM words WHERE words MATCH :words ORDER BY rowid LIMIT :most"
# How many hold the words, and how many of some things do; the limit keeps the engine from asking once a thing.
MATCHES = """
SELECT count(*), sum(thing IN (SELECT value FROM json_each(:things)))
FROM (SELECT rowid AS thing FROM words WHERE words MATCH :words LIMIT :most)"""
POOL = """
SELECT iri, label, property, text FROM json_each(:things) wanted
JOIN thing ON thing.id = wanted.value JOIN name ON name.thing = thing.id"""
DESCRIBED = """
SELECT thing.id, iri, thing.type, class, class_label, label FROM json_each(:things) wanted
JOIN thing ON thing.id = wanted.value"""
NAMES = """
SELECT thing, property, text, folded FROM json_each(:things) wanted JOIN name ON name.thing = wanted.value"""

PLACES = """
SELECT thing.id FROM json_each(:things) wanted JOIN thing ON thing.iri = wanted.value ORDER BY wanted.key"""
TYPES_OF = "SELECT b.type FROM belongs b JOIN thing ON thing.id = b.thing WHERE thing.iri = :thing"
THINGS_OF = """
SELECT iri FROM thing WHERE EXISTS (SELECT 1 FROM belongs b WHERE b.thing = thing.id AND b.type = :type)
ORDER BY id LIMIT :most"""
BEARS = """
SELECT 1 FROM name JOIN thing ON thing.id = name.thing
WHERE thing.iri = :thing AND folded IN (:folded, :plain) LIMIT 1"""
