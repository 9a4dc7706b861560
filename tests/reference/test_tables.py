"""Reference tables: what is wrong is told with file, row and column, and nothing is half loaded."""

import json

import pytest

from kg import resources
from kg.errors import TableError
from kg.reference import read_rows, read_tables, triples_of_table

LATITUDE = {"base": "decimal", "minimum": "49.8", "maximum": "55.9"}
COLUMNS = [
    {"name": "court", "required": True, "datatype": {"base": "string", "format": "[a-z-]+"}},
    {"name": "label", "lang": "en", "propertyUrl": "rdfs:label"},
    {"name": "code", "datatype": {"base": "string", "format": "[A-Z]{6}"}, "propertyUrl": "skos:notation"},
    {
        "name": "latitude",
        "datatype": {"base": "decimal", "minimum": "49.8", "maximum": "55.9"},
        "propertyUrl": "wgs84:lat",
    },
    {"name": "since", "datatype": "date", "https://w3id.org/probation-kg/def#notAfter": "until"},
    {"name": "until", "datatype": "date"},
    {"name": "region", "separator": ";", "propertyUrl": "pko:servesRegion", "valueUrl": "http://e/region/{region}"},
    {"name": "source"},
    {"name": "quality"},
    {"name": "type", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "pko:Court"},
]
ROW = "lewes,Lewes,LEWSCT,50.87,2014-06-01,2021-06-25,kent;london,find-a-court,B"
REGIONS = "region\nkent\nlondon\n"


def write(folder, *rows, header=None, encoding="utf-8"):
    """Write a table of courts and one of regions with their metadata."""
    reference = {"resource": "regions.csv", "columnReference": "region"}
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "courts.csv",
        "dc:title": "Courts",
        "tableSchema": {
            "columns": COLUMNS,
            "primaryKey": "court",
            "aboutUrl": "http://e/court/{court}",
            "foreignKeys": [{"columnReference": "region", "reference": reference}],
        },
    }
    regions = {
        "url": "regions.csv",
        "dc:title": "Regions",
        "tableSchema": {"columns": [{"name": "region"}], "primaryKey": "region"},
    }
    (folder / "courts.csv-metadata.json").write_text(json.dumps(metadata))
    (folder / "regions.csv-metadata.json").write_text(json.dumps(regions))
    (folder / "regions.csv").write_text(REGIONS)
    names = header or ",".join(column["name"] for column in COLUMNS if not column.get("virtual"))
    (folder / "courts.csv").write_bytes("\n".join([names, *rows, ""]).encode(encoding))
    return folder


def refused(folder):
    with pytest.raises(TableError) as error:
        read_rows(read_tables(folder))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_row_makes_the_triples_of_its_metadata_and_leads_to_itself(tmp_path):
    table, _ = read_tables(write(tmp_path, ROW))
    triples = {
        (str(s), str(p).rpartition("#")[2], str(o))
        for s, p, o in triples_of_table(table, read_rows([table, _])["courts"])
    }
    court, row = "http://e/court/lewes", "https://w3id.org/probation-kg/id/row/courts/lewes"
    assert {(court, "notation", "LEWSCT"), (court, "lat", "50.87"), (court, "evidencedBy", row)} <= triples
    assert {o for s, p, o in triples if p == "servesRegion"} == {"http://e/region/kent", "http://e/region/london"}
    assert (row, "rowQuality", "https://w3id.org/probation-kg/vocab/quality/b") in triples


def test_an_empty_cell_makes_no_triple(tmp_path):
    table, other = read_tables(write(tmp_path, "lewes,Lewes,,,,,,x,A"))
    assert not [
        p for _, p, _ in triples_of_table(table, read_rows([table, other])["courts"]) if str(p).endswith("notation")
    ]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("lewes,Lewes,LEWS,50.87,,,kent,x,B", "courts.csv, row 2, column \"code\": reads 'LEWS'; expected [A-Z]{6}"),
        ("lewes,Lewes,LEWSCT,0.1,,,kent,x,B", 'row 2, column "latitude": reads 0.1; expected 49.8 to 55.9'),
        ("lewes,Lewes,LEWSCT,north,,,kent,x,B", "row 2, column \"latitude\": reads 'north'; expected decimal"),
        ("lewes,Lewes,LEWSCT,50.87,2024-02-30,,kent,x,B", "column \"since\": reads '2024-02-30'; expected date"),
        (
            "lewes,Lewes,LEWSCT,50.87,2024-01-02,2023-01-01,kent,x,B",
            "2024-01-02 is later than 2023-01-01 in column until",
        ),
        (",Lewes,LEWSCT,50.87,,,kent,x,B", 'row 2, column "court": the cell is empty; expected a value'),
        ("lewes,Lewes,LEWSCT,50.87,,,atlantis,x,B", 'row 2, column "region": atlantis is not in regions.csv'),
        ("lewes,Lewes,LEWSCT", "row 2: 3 cells; expected 9"),
        ('lewes,"Lewes,LEWSCT,50.87,,,kent,x,B', "not valid CSV"),
    ],
)
def test_a_wrong_cell_is_told_with_file_row_and_column(tmp_path, cells, sentence):
    assert sentence in refused(write(tmp_path, cells))


def test_a_key_used_twice_is_told_with_both_rows(tmp_path):
    assert 'row 3, column "court": lewes is already in row 2' in refused(write(tmp_path, ROW, ROW))


def test_a_missing_column_is_named(tmp_path):
    assert "the header differs from the metadata (missing: code" in refused(write(tmp_path, header="court,label"))


def test_another_encoding_is_refused(tmp_path):
    assert "courts.csv is not in UTF-8" in refused(write(tmp_path, ROW.replace("Lewes", "Léwes"), encoding="latin-1"))


def test_a_missing_table_is_named(tmp_path):
    (write(tmp_path, ROW) / "courts.csv").unlink()
    assert "courts.csv cannot be read" in refused(tmp_path)


def test_metadata_that_name_no_column_are_refused(tmp_path):
    path = write(tmp_path, ROW) / "courts.csv-metadata.json"
    path.write_text(path.read_text().replace("{court}", "{palace}"))
    assert "names columns that the table does not have: palace" in refused(tmp_path)
    path.write_text("{")
    assert "is no CSVW metadata that this project reads" in refused(tmp_path)


def test_every_table_of_the_project_is_sound_and_every_row_has_source_and_quality():
    tables = read_tables(resources.facts() / "reference")
    rows = read_rows(tables)
    sources = {row.one("source") for row in rows["sources"]}
    for table in tables:
        assert table.path.with_name(table.name + ".csv-metadata.json").is_file()
        for row in rows[table.name]:
            assert row.one("quality") in {"A", "B", "C"}, (table.name, row.number)
            if table.name != "sources":
                assert set(row.cells["source"]) <= sources, (table.name, row.number)
                assert row.cells["source"], (table.name, row.number)
