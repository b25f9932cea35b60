import make
import pytest
from honours import scheme

from talent.access import Role
from talent.offices.models import OfficeKind

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def district(app, clock):
    return make.office("临江区", kind=OfficeKind.DISTRICT, name_en="Riverside")


@pytest.fixture
def street(district):
    return make.office("春风街道", parent=district, kind=OfficeKind.STREET, name_en="Street")


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street, name_en="Spring Breeze")


@pytest.fixture
def stars(district):
    """100 and 300 hours, on application, the office itself decides."""
    return scheme(district)


@pytest.fixture
def volunteer(community):
    return make.volunteer(community)


@pytest.fixture
def manager(community):
    return make.account(Role.MANAGER, community)
