"""The executable rules, by name: each is a function from a SourceTree to Violations, and says its rule."""

from . import headers, layers, names, mirror, places, sizes, throwing

RULES = {
    "layers": layers.check,
    "names": names.check,
    "throw": throwing.check,
    "mirror": mirror.check,
    "pragma_once": headers.check_guards,
    "includes": headers.check_includes,
    "threads": headers.check_threads,
    "shared_ptr": headers.check_shared_ptr,
    "sizes": sizes.check,
    **places.RULES,
}
