"""Who else is on a board does not change how a prior is drawn."""

from symprior.leaderboard.pages.styles import OF_PRIORS, styles


def test_a_prior_is_drawn_alike_whoever_is_beside_it():
    few = styles({"ppo": "plain", "ppo+homomorphic": "homomorphic"})
    many = styles({f"dqn+{prior}": prior for prior in OF_PRIORS} | {"mine": "custom"})
    assert few["ppo+homomorphic"] == many["dqn+homomorphic"] == OF_PRIORS["homomorphic"]
    assert list(few) == ["ppo", "ppo+homomorphic"]
    assert len(set(many.values())) == len(many)


def test_a_second_algorithm_and_own_agents_take_what_is_left():
    drawn_as = styles({"ppo": "plain", "a2c": "plain", "mine": "custom", "yours": "custom"})
    assert drawn_as["a2c"] == OF_PRIORS["plain"]
    assert drawn_as["ppo"].colour == drawn_as["a2c"].colour
    assert len(set(drawn_as.values())) == 4
    assert not set(OF_PRIORS.values()) & {drawn_as["ppo"], drawn_as["mine"], drawn_as["yours"]}


def test_there_is_a_style_for_any_number_of_agents():
    assert len(styles({f"agent-{number:02d}": "custom" for number in range(60)})) == 60
