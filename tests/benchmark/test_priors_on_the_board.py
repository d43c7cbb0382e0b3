"""What the board knows of priors is what the priors themselves say."""

from symprior.agents.prior import PRIORS
from symprior.leaderboard.gains import PLAIN_PRIORS
from symprior.leaderboard.published import read_published
from symprior.leaderboard.styles import OF_PRIORS


def test_published_records_say_which_priors_are_controls():
    cards = {record.agent.prior: record.agent.control for record in read_published()}
    assert cards == {name: PRIORS[name].is_control for name in cards}
    assert any(cards.values())


def test_plain_priors_and_priors_with_a_style_are_shipped():
    """A prior without a style of its own is drawn in one that is left."""
    assert set(PLAIN_PRIORS) | set(OF_PRIORS) <= set(PRIORS)
    assert len(set(OF_PRIORS.values())) == len(OF_PRIORS)
