"""What the board knows of priors is what the priors themselves say."""

from symprior.agents.priors.prior import PRIORS
from symprior.leaderboard.comparison.gains import PLAIN_PRIORS
from symprior.leaderboard.pages.styles import OF_PRIORS


def test_plain_priors_and_priors_with_a_style_are_shipped():
    """A prior without a style of its own is drawn in one that is left."""
    assert set(PLAIN_PRIORS) | set(OF_PRIORS) <= set(PRIORS)
    assert len(set(OF_PRIORS.values())) == len(OF_PRIORS)
