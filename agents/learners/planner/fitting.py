"""Training a latent model on given transitions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from symprior.agents.acting.distributions import standard_normals
from symprior.agents.algorithms.given.latent import LatentSettings
from symprior.agents.learners.planner.experience import Compared, Experience
from symprior.agents.learners.planner.losses import CodeLoss, M, Met, S
from symprior.agents.learners.planner.uniforms import Uniforms
from symprior.agents.networks.heads.latent_model import LatentModel
from symprior.agents.networks.trunk import scaled
from symprior.agents.priors.prior import Prior


class Fitting:
    """Gradient steps of one seed's model, by Adam, on minibatches that the prior may turn.

    Each observation of a minibatch passes through the encoder once, however many transitions saw it: in worlds of few states
    that is a fraction of the work, and the same gradient.

    Args:
        model: is trained.
        prior: turns minibatches.
        loss: what codes are learned by.
        settings: of the algorithm.
        seed: of the run; minibatches are the same for every size of the data.
    """

    def __init__(
        self, model: LatentModel, prior: Prior, loss: CodeLoss[M, S], settings: LatentSettings, seed: int
    ) -> None:
        self._model, self._prior, self._settings = model, prior, settings
        self._loss: CodeLoss[Any, Any] = loss
        self._uniforms = Uniforms(seed)

    def train(self, experience: Experience) -> int:
        """All gradient steps; returns how many they were."""
        rate, epsilon = self._settings.learning_rate, self._settings.adam_epsilon
        optimizer = torch.optim.Adam(self._model.parameters(), lr=rate, eps=epsilon, fused=True)
        steps = self._settings.gradient_steps * self._prior.passes(experience.orbit.order)
        for _ in range(steps):
            optimizer.zero_grad()
            self.loss(experience, self._minibatch(experience)).backward()
            optimizer.step()
        return steps

    def _minibatch(self, experience: Experience) -> Compared:
        size, beside = self._settings.batch_size, self._loss.others(self._settings)
        drawn = self._uniforms("minibatches", size * (1 + sum(beside))).unflatten(0, (size, -1))
        index, near, far = drawn.split([1, *beside], dim=1)
        batch = experience.batch((index[:, 0] * len(experience)).long(), near, far)
        return self._prior.minibatch(batch, experience.orbit, lambda count: self._uniforms("prior", count))

    def loss(self, experience: Experience, batch: Compared) -> Tensor:
        """The loss of a minibatch, []."""
        model, settings = self._model, self._settings
        seen = torch.cat([batch.observations, batch.next_observations, batch.others.flatten()])
        rows, place = seen.unique(return_inverse=True)
        counts = place[: 2 * len(batch.actions)].bincount(minlength=len(rows))
        observations = scaled(experience.observations[rows])
        features = model.features(observations)
        codes = model.code(features)
        before, after = codes[place[: 2 * len(batch.actions)]].chunk(2)
        others = codes[place[2 * len(batch.actions) :]].unflatten(0, batch.others.shape)
        steps = model.step(before if self._loss.moves_codes else before.detach())
        taken = torch.arange(len(batch.actions)), batch.actions
        met = Met(
            model,
            observations,
            counts / (2 * len(batch.actions)),
            features,
            codes,
            before,
            after,
            others,
            steps.codes[taken],
            lambda like: standard_normals(self._uniforms("noise", like.numel())).view_as(like).to(like.dtype),
        )
        of_rewards = (steps.rewards[taken] - batch.rewards).square().mean()
        total: Tensor = self._loss(met, settings) + settings.reward_weight * of_rewards
        return total
