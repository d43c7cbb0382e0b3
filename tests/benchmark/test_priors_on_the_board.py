"""What the board knows of priors by their names is what the priors themselves say."""

from symprior.agents.prior import PRIORS
from symprior.leaderboard.gains import CONTROL_PRIORS, PLAIN_PRIORS
from symprior.leaderboard.styles import OF_PRIORS


def test_the_board_knows_the_shipped_controls():
    controls = {name for name in PRIORS if PRIORS[name].is_control}
    assert controls - set(PLAIN_PRIORS) == set(CONTROL_PRIORS)


def test_every_shipped_prior_has_a_style_of_its_own():
    assert set(OF_PRIORS) == set(PRIORS)
    assert len(set(OF_PRIORS.values())) == len(OF_PRIORS)
