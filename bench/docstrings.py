"""An English judged set out of the documentation of installed packages: modules as experts, docstrings as requests.

It stands in for the gold standards of reviewer assignment, which are not free to ship. An expert is a module of
numpy, scipy or scikit-learn with up to twenty docstrings of its functions, classes and methods as entries; a
request is a docstring that was held out. The module it came from has grade 3, the other modules of the same parent
package grade 1. The same installed versions always give the same set.
"""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version

from marketplace.matching.profiles import ExpertProfile, RequestProfile

_NAMES = (
    "numpy.char numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random numpy.testing "
    "scipy.cluster.hierarchy scipy.cluster.vq scipy.fft scipy.integrate scipy.interpolate scipy.io scipy.linalg "
    "scipy.ndimage scipy.optimize scipy.signal scipy.sparse scipy.sparse.csgraph scipy.sparse.linalg scipy.spatial "
    "scipy.spatial.distance scipy.special scipy.stats sklearn.calibration sklearn.cluster sklearn.covariance "
    "sklearn.cross_decomposition sklearn.datasets sklearn.decomposition sklearn.ensemble "
    "sklearn.feature_extraction.text sklearn.feature_selection sklearn.gaussian_process sklearn.impute "
    "sklearn.inspection sklearn.linear_model sklearn.manifold sklearn.metrics sklearn.mixture "
    "sklearn.model_selection sklearn.naive_bayes sklearn.neighbors sklearn.neural_network sklearn.preprocessing "
    "sklearn.semi_supervised sklearn.svm sklearn.tree"
)
PACKAGES = _NAMES.split()

EXPERTS, PER_PARENT = 60, 5
ENTRIES, FEWEST, HELD_OUT = 20, 6, 3
WORDS, LEAST_WORDS = 200, 40

#: The set: experts, requests, judgements.
Judged = tuple[list[ExpertProfile], list[RequestProfile], dict[str, dict[str, float]]]


def docstrings() -> Judged:
    """About sixty experts and three requests from each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        texts = _by_module()
    chosen = _chosen(texts)
    experts, requests = [], []
    judgements: dict[str, dict[str, float]] = {}
    for module in chosen:
        names = sorted(texts[module])
        step = len(names) // HELD_OUT
        held = [names[place * step + step // 2] for place in range(HELD_OUT)]
        kept = [name for name in names if name not in held]
        spread = [kept[i * len(kept) // min(ENTRIES, len(kept))] for i in range(min(ENTRIES, len(kept)))]
        experts.append(ExpertProfile(module, entries=tuple(texts[module][name] for name in spread)))
        near = {other: 1.0 for other in chosen if other != module and _parent(other) == _parent(module)}
        for name in held:
            key = f"{module}:{name}"
            requests.append(RequestProfile(key, problem=texts[module][name]))
            judgements[key] = {**near, module: 3.0}
    return experts, requests, judgements


def versions() -> str:
    """The versions that the set was made of."""
    return ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "scikit-learn"))


def _by_module() -> dict[str, dict[str, str]]:
    """Module -> name -> the first words of its docstring. A text that stands twice counts for neither."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    owners: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for package in PACKAGES:
        for name, module, text in _documented(package):
            words = text.split()
            if len(words) >= LEAST_WORDS:
                cut = " ".join(words[:WORDS])
                found[module][name] = cut
                owners[cut].add((module, name))
    for places in owners.values():
        if len(places) > 1:
            for module, name in places:
                found[module].pop(name, None)
    return found


def _documented(package: str) -> Iterator[tuple[str, str, str]]:
    """Each public function, class and method of a package: its name, its module, its docstring."""
    module = importlib.import_module(package)
    for name in sorted(getattr(module, "__all__", None) or dir(module)):
        thing = getattr(module, name, None) if name in vars(module) else None
        home = getattr(thing, "__module__", None) or package
        if name.startswith("_") or not callable(thing) or not home.startswith(package.split(".")[0]):
            continue
        home = home if "." in home else package
        yield name, home, inspect.getdoc(thing) or ""
        if inspect.isclass(thing):
            for own, method in sorted(vars(thing).items()):
                if not own.startswith("_") and callable(method):
                    yield f"{name}.{own}", home, inspect.getdoc(method) or ""


def _chosen(texts: dict[str, dict[str, str]]) -> list[str]:
    """The modules with most docstrings, at most five of one parent, in the order of their names."""
    large = [module for module, own in texts.items() if len(own) >= FEWEST + HELD_OUT]
    taken: list[str] = []
    for module in sorted(large, key=lambda module: (-len(texts[module]), module)):
        if sum(_parent(other) == _parent(module) for other in taken) < PER_PARENT:
            taken.append(module)
    return sorted(taken[:EXPERTS])


def _parent(module: str) -> str:
    return module.rpartition(".")[0]
