"""Names of keys: a cluster has other names for what all sites share."""

from inspect import signature

from comments.storage.keys import DECLARATIONS, Keys, renamed_key

OTHER_NAMES, CLUSTER_NAMES = Keys("rg"), Keys("rg", True)


def test_each_key_without_a_site_has_another_name_in_a_cluster_and_the_same_one_again() -> None:
    """So a key that is declared later is renamed as well."""
    for name in DECLARATIONS:
        method = getattr(OTHER_NAMES, name)
        words = ["x"] * (len(signature(method).parameters))
        one, many = (getattr(keys, name)(*words).encode() for keys in (OTHER_NAMES, CLUSTER_NAMES))
        assert renamed_key(one, "rg", True) == renamed_key(many, "rg", True) == many, name
        assert renamed_key(one, "rg", False) == renamed_key(many, "rg", False) == one, name
