from pathlib import Path

import pytest

from appliance.sky.build_stars import build, rows_of

# In the columns of KStars' stars.dat.
LIST = """\
# a comment, with a comma
064508.92 -164258.0 -000546.0-001223.100379.2 -1.4400.01A0 1            , alp CMa, Sirius
143936.50 -605002.3 -003678.2+000481.800742.1 -0.0100.71G2 1            , alp1Cen, Rigel Kentaurus
005224.52 -003013.5 +000003.8-000068.900016.3 06.6700.52F7 1 0.04   3.97, mu 1Boo
034909.74 +240312.3 +000017.8-000044.700008.6 03.62-0.07B8 1            ,        , Atlas
175745.88 +291452.3 +000082.0-000017.000023.0 03.7000.94G8 0            , xi  Her, Marfik
105317.00 +341253.0 +000092.0-000279.000033.0 03.7901.04K0 0            , 46  LMi, Praecipula
055406.05 -630522.7 +000120.1+000573.400036.7 04.0001.30K0 0            , .a Dor
054645.49 +154921.0 +000005.4-000003.000003.7 06.00-0.06B8 0
""".splitlines()


def test_rows_hold_names_as_spelt_today_and_degrees() -> None:
    assert rows_of(LIST) == [
        ("Sirius", "alp CMa", "101.28717", "-16.71611", "-1.44", ""),
        ("Rigil Kentaurus", "alp1 Cen", "219.90208", "-60.83397", "-0.01", "Rigel Kentaurus"),
        ("Atlas", "", "57.29058", "24.05342", "3.62", ""),
        ("Praecipua", "46 LMi", "163.32083", "34.21472", "3.79", "Praecipula"),
        ("", "xi Her", "269.44117", "29.24786", "3.70", ""),  # a disputed name
        ("", "mu1 Boo", "13.10217", "-0.50375", "6.67", ""),  # south of the equator by minutes only
    ]


def test_what_is_not_in_those_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="Ve"):
        rows_of(["Vega, 279.2, 38.8"])


def test_the_file_is_written_with_its_header(tmp_path: Path) -> None:
    source, output = tmp_path / "stars.dat", tmp_path / "stars.csv"
    source.write_text("\n".join(LIST), encoding="latin-1")
    assert build(source, output) == 6
    assert output.read_text(encoding="utf-8").splitlines()[:2] == [
        "name,designation,ra_deg,dec_deg,magnitude,aliases",
        "Sirius,alp CMa,101.28717,-16.71611,-1.44,",
    ]
