"""One community with a coordinator, a volunteer of it, and a neighbour that sees none of it."""

import make

from talent.access import Role


class Cast:
    """Who plays in a test of training."""

    def __init__(self):
        self.street = make.office("和平街道")
        self.office = make.office("春风社区", parent=self.street)
        self.neighbour = make.office("夏雨社区", parent=self.street)
        self.coordinator = make.account(Role.COORDINATOR, self.office)
        self.second = make.account(Role.COORDINATOR, self.office)
        self.stranger = make.account(Role.COORDINATOR, self.neighbour)
        self.volunteer = make.volunteer(self.office)
        self.person = self.volunteer.person
