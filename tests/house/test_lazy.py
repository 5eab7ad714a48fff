"""Names fetched when first used: in a process of its own, since here everything may be imported already."""

import subprocess
import sys

import pytest

import reluscape as rs


def test_a_name_stays_with_its_function_when_the_file_of_that_name_is_imported():
    script = (
        "import sys, reluscape as rs\n"
        "assert 'reluscape.requ' not in sys.modules and 'numpy' not in sys.modules\n"
        "import reluscape.requ.design, reluscape.requ.certify, reluscape.jacobian.matrix\n"
        "assert all(callable(f) for f in (rs.requ.design, rs.requ.certify, rs.survey, rs.jacobian))\n"
        "assert rs.requ.design.__name__ == 'design' and rs.requ.conv.__name__ == 'reluscape.requ.conv'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("package", [rs, rs.requ])
def test_unknown_names_are_refused_and_known_ones_listed(package):
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # noqa: B018
    assert set(package.__all__) == set(dir(package))
    assert all(hasattr(package, name) for name in package.__all__)
