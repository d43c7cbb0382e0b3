"""Control: as many gradient steps more as whole-orbit augmentation has samples more."""

from symprior.agents.priors.prior import PlainNetwork, register


@register
class MoreSteps(PlainNetwork):
    """Does learning more from each step of the environment explain augmentation's gain?

    |G| times the plain agent's gradient steps, on plain minibatches: an update passes as many samples as `+augment` does.
    PPO makes |G| times the epochs, DQN |G| times the minibatches. A2C repeats its one step on the rollout; from the second
    on its samples are off-policy, as copies are.
    """

    name = "more-steps"
    title = "plain, more steps"
    description = (
        "A plain agent with |G| times the gradient steps: it passes as many samples as whole-orbit augmentation."
    )
    is_control = True

    def passes(self, order: int) -> int:
        """|G|."""
        return order
