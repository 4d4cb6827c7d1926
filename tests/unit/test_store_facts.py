"""Which complex of a later reading stands for which, and what differs."""

from screening.store.facts import Facts, Site, pair

DY = Site("Dy", 8, "SAPR-8", "N2O6", 3)


def facts(identity, content_key, formula="C2 Dy", **given):
    plain = {
        "compound_id": 1,
        "atoms": "a",
        "sites": (DY,),
        "ligand_classes": (),
        "charge": None,
        "flags": (),
    }
    return Facts(id=identity, content_key=content_key, formula=formula, **plain | given)


def ids(pairs):
    return [(old.id, new.id) for old, new in pairs]


def test_the_same_content_comes_before_the_same_formula():
    before = [facts(1, "a"), facts(2, "b")]
    assert ids(pair(before, [facts(3, "b"), facts(4, "c")])) == [(2, 3), (1, 4)]


def test_the_last_one_left_on_each_side_is_the_same():
    before = [facts(1, "a"), facts(2, "b", "C9 Zn")]
    assert ids(pair(before, [facts(3, "a"), facts(4, "c", "C8 Zn")])) == [(1, 3), (2, 4)]


def test_who_has_no_counterpart_stays_alone():
    before = [facts(1, "a"), facts(2, "b", "C9 Zn")]
    assert pair(before, []) == []
    assert ids(pair(before, [facts(3, "c", "C1 Co"), facts(4, "d", "C2 Co")])) == []


def test_changes_are_named():
    later = Site("Dy", 9, "CSAPR-9", "N2O7", 3)
    changes = facts(1, "a").changes(facts(2, "a", sites=(later,), flags=("R5 high",)))
    assert changes == ["coordination number", "donors", "polyhedron", "plausibility"]
    assert facts(1, "a").changes(facts(2, "b")) == []


def test_a_site_reads_as_a_chemist_writes_it():
    assert str(DY) == "Dy CN 8 SAPR-8 N2O6 +3"
    assert str(Site("Zn", 4, None, "N4", None)) == "Zn CN 4 N4"
    assert str(Site("Ru", 9, "T-4", "C6Cl2P", 2)) == "Ru CN 9 T-4 of centroids C6Cl2P +2"
