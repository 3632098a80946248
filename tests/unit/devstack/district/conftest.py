"""Districts of two sizes, written once for the tests that read them."""

import pytest
from tests.unit.devstack.district.exported import Exported, exported

from accounts.domain.oneroster.files import Release
from devstack.district.plan import Plan

SMALL, LARGER = Plan(300, 2), Plan(3000, 5)


@pytest.fixture(scope="session", params=[SMALL, LARGER], ids=["300 in 2", "3000 in 5"])
def district(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A district in bulk, of the newer release."""
    plan: Plan = request.param
    return exported(tmp_path_factory.mktemp("district"), plan)


@pytest.fixture(scope="session")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The larger one."""
    return exported(tmp_path_factory.mktemp("larger"), LARGER)


@pytest.fixture(scope="session")
def larger_in_1_1(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The larger one, in the older release."""
    return exported(tmp_path_factory.mktemp("larger"), Plan(LARGER.students, LARGER.schools, release=Release.V1_1))
