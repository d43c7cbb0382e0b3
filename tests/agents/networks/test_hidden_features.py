"""Hidden features: quotients of the group are what they should be, chosen where it is large, and equivariant throughout."""

import numpy as np
import pytest
import torch

from symprior.agents import Problem, get_agent
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.hidden_features import check_pointwise, default_subgroup, hidden_features
from symprior.agents.networks.layers.equivariant import stack
from symprior.agents.networks.sizes import count_parameters, default_widths, matched_channels, plain_network
from symprior.benchmark.run.equivariance import closed_under, equivariance_error, value_equivariance_error
from symprior.symmetry.groups import cyclic, dihedral, product, projections, symmetric
from symprior.symmetry.representations import (
    ImageTransform,
    direct_sum,
    generated,
    permuted,
    pulled_back,
    quotient,
    regular,
    rotations_of_the_plane,
    signs,
    tensor_product,
    things,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import equivariant_basis, nullspace_basis, random_basis
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.families.grid_worlds.collect import MOVES
from symprior.tasks.references.frozen_states import frozen_observations

S3, D4 = symmetric(3), dihedral(4)
FEATURES = [("regular",), ("quotient",), ("quotient", "trivial"), (("(012,s)",), ("(120,e)", "(012,r)"))]


def objects(count):
    """What S_k × D4 does to the places of k objects and to four moves."""
    to_objects, to_plane = projections(symmetric(count), D4)
    plane = rotations_of_the_plane(D4)
    return Symmetry(
        tensor_product(pulled_back(things(count), to_objects), pulled_back(plane, to_plane)),
        pulled_back(permuted(plane, MOVES), to_plane),
        discrete=True,
    )


# --- quotients ---


@pytest.mark.parametrize("group", [S3, D4, product(cyclic(2), S3)], ids=lambda group: group.name)
def test_a_quotient_permutes_cosets(group):
    for subgroup in group.subgroups:
        rho = quotient(group, subgroup)
        assert rho.size == len(group) // len(subgroup) and (rho.sign == 1).all()
        fixes_the_first = tuple(g for g in range(len(group)) if rho.move_index(g, np.array([0]))[0] == 0)
        assert fixes_the_first == subgroup, "the first coset is H itself"
        for g, fixed in enumerate(rho.character):
            conjugates = group.table[group.table[group.inverse, g], np.arange(len(group))]  # a⁻¹ g a
            assert fixed == np.isin(conjugates, subgroup).sum() / len(subgroup)
    np.testing.assert_array_equal(quotient(group, (0,)).source, regular(group).source)
    np.testing.assert_array_equal(quotient(group, range(len(group))).source, trivial_representation(group).source)


def test_what_is_no_subgroup_is_not_divided_by():
    with pytest.raises(SympriorError, match="form no subgroup of D4"):
        quotient(D4, (0, 1))


def character_formula(source, target):
    return round(np.mean(target.character * source.character[source.group.inverse]))


@pytest.mark.parametrize("group", [S3, D4], ids=lambda group: group.name)
def test_ranks_between_all_quotients_are_what_the_character_formula_says(group):
    """For quotients also the number of double cosets (Mackey)."""
    for first in group.subgroups:
        for second in group.subgroups:
            source, target = quotient(group, first), quotient(group, second)
            double = {
                frozenset(group.table[group.table[list(second), a]][:, list(first)].flat) for a in range(len(group))
            }
            assert equivariant_basis(source, target).rank == character_formula(source, target) == len(double)


@pytest.mark.parametrize("summands", FEATURES, ids=str)
def test_ranks_for_objects_in_the_plane_are_what_the_character_formula_says(summands):
    symmetry = get_task("collect-v1").symmetry()
    fibre = hidden_features(symmetry, summands)
    one = trivial_representation(symmetry.group)
    for source, target in (
        (symmetry.observation, fibre),
        (fibre, fibre),
        (fibre, symmetry.action),
        (fibre, one),
        (one, fibre),
    ):
        basis = equivariant_basis(source, target)
        assert basis.rank == character_formula(source, target)
        np.testing.assert_allclose(basis.vectors.T @ basis.vectors, np.eye(basis.rank), atol=1e-12)
        for vector in basis.vectors.T[::5]:
            matrix = vector.reshape(target.size, source.size)
            for g in range(0, 48, 7):
                np.testing.assert_allclose(target.matrix(g) @ matrix, matrix @ source.matrix(g), atol=1e-12)


def test_layers_of_object_features_are_those_of_deep_sets():
    """Between features of one object each a layer has two weights: own, and the sum of the others (Zaheer et al., 2017)."""
    features = quotient(S3, (0, 1))
    assert S3.elements[1] == "021", "what keeps object 0"
    vectors = equivariant_basis(features, features).vectors.T.reshape(-1, 3, 3)
    np.testing.assert_allclose(vectors[0] * 3**0.5, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(vectors[1] * 6**0.5, 1 - np.eye(3), atol=1e-12)


# --- which are chosen ---


def test_small_groups_have_regular_features_and_large_ones_quotients():
    for name in ("cartpole-v1", "grid-catch-v1", "grid-catch-vector-v1", "two-agents-v1"):
        symmetry = get_task(name).symmetry()
        np.testing.assert_array_equal(hidden_features(symmetry).source, regular(symmetry.group).source)
    symmetry = get_task("collect-v1").symmetry()
    kept = [symmetry.group.elements[g] for g in default_subgroup(symmetry)]
    assert kept == ["(012,e)", "(021,e)"], "the permutations that keep one object where it is"
    assert hidden_features(symmetry).size == 24


@pytest.mark.parametrize(("count", "size"), [(2, 16), (3, 24), (4, 32)])
def test_features_grow_with_the_number_of_objects_and_not_with_its_factorial(count, size):
    assert hidden_features(objects(count)).size == size


def test_default_features_tell_everything():
    """Linear maps to them lose nothing of the observation, linear maps from them reach all logits."""
    symmetry = get_task("collect-v1").symmetry()
    fibre = hidden_features(symmetry)
    seen = equivariant_basis(symmetry.observation, fibre).vectors.reshape(fibre.size, symmetry.observation.size, -1)
    assert np.linalg.matrix_rank(seen.transpose(0, 2, 1).reshape(-1, symmetry.observation.size)) == 11
    said = equivariant_basis(fibre, symmetry.action).vectors.reshape(4, -1)
    assert np.linalg.matrix_rank(said) == 4


@pytest.mark.parametrize(
    ("summands", "complaint"),
    [((), "at least one"), (("regulr",), "'regulr' is no hidden feature of S3×D4"), ((("r",),), "'r' is no hidden")],
)
def test_features_that_are_none_are_refused(summands, complaint):
    with pytest.raises(SympriorError, match=complaint):
        hidden_features(get_task("collect-v1").symmetry(), summands)


def test_what_relu_does_not_commute_with_is_refused():
    turn, eighth = [[0, -1], [1, 0]], np.sqrt(0.5) * np.array([[1, -1], [1, 1]])
    matrices = generated(cyclic(8), {1: eighth})
    for rho in (
        signs(cyclic(2), [[1], [-1]]),
        generated(cyclic(4), {1: turn}),
        rotations_of_the_plane(D4),
        matrices,
        direct_sum(regular(cyclic(8)), matrices),
    ):
        with pytest.raises(SympriorError, match="ReLU acts on each entry"):
            check_pointwise(rho)
    turns = Symmetry(matrices, matrices, discrete=False)
    with pytest.raises(SympriorError, match="ReLU acts on each entry"):
        ActorCritic(turns, (4, 4), equivariant_basis, np.random.default_rng(0), matrices)
    symmetry = get_task("cartpole-v1").symmetry()
    with pytest.raises(SympriorError, match="ReLU acts on each entry"):
        ActorCritic(symmetry, (4, 4), equivariant_basis, np.random.default_rng(0), symmetry.observation)


# --- networks ---


def loud(network):
    """The network with weights large enough that a policy's asymmetry would show."""
    with torch.no_grad():
        for parameter in network.policy.parameters() if hasattr(network, "policy") else ():
            parameter.mul_(100)
    return network


def gap(network, symmetry, observations):
    """The largest |f(g s) − g f(s)| over all outputs and g."""
    values = [symmetry.action, trivial_representation(symmetry.group)]

    def outputs(x):
        found = network(x)
        return (torch.softmax(found[0], -1), found[1][:, None]) if isinstance(found, tuple) else (found,)

    with torch.no_grad():
        here = outputs(observations)
        return max(
            (moved - rho(g, still)).abs().max().item()
            for g in range(len(symmetry.group))
            for moved, still, rho in zip(outputs(symmetry.observation(g, observations)), here, values, strict=False)
        )


@pytest.mark.parametrize("kind", [ActorCritic, QNetwork])
@pytest.mark.parametrize("summands", FEATURES, ids=str)
def test_networks_are_equivariant_with_every_kind_of_features(summands, kind):
    task = get_task("collect-v1")
    symmetry, rng = task.symmetry(), np.random.default_rng(0)
    observations = torch.as_tensor(frozen_observations(task, 32))
    fibre = hidden_features(symmetry, summands)
    network = loud(kind(symmetry, (6, 7), equivariant_basis, rng, fibre))
    assert gap(network, symmetry, observations) < 1e-5
    for rule in (random_basis, nullspace_basis):
        assert gap(loud(kind(symmetry, (6, 7), rule, rng, fibre)), symmetry, observations) > 1e-3


def test_networks_for_images_are_equivariant_with_quotient_features():
    planar = rotations_of_the_plane(D4)
    symmetry = Symmetry(ImageTransform(planar, 1, 21), permuted(planar, MOVES), discrete=True)
    images = torch.randint(0, 256, (5, 1, 21, 21), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    for fibre in (quotient(D4, (0, 4)), direct_sum(quotient(D4, (0, 4)), quotient(D4, (0, 5)))):
        network = loud(ActorCritic(symmetry, (3, 4, 9), equivariant_basis, np.random.default_rng(0), fibre))
        assert gap(network, symmetry, images) < 1e-5


@pytest.mark.parametrize("rule", [equivariant_basis, random_basis])
@pytest.mark.parametrize("summands", FEATURES[:3], ids=str)
def test_a_stack_computes_what_its_seeds_compute(summands, rule):
    symmetry = get_task("collect-v1").symmetry()
    fibre = hidden_features(symmetry, summands)
    networks = [ActorCritic(symmetry, (5, 6), rule, np.random.default_rng(seed), fibre) for seed in range(3)]
    observations = torch.randn(3, 10, 11, generator=torch.Generator().manual_seed(0))
    together = stack(networks)
    for seed, network in enumerate(networks):
        alone, stacked = network(observations[seed]), [each[seed] for each in together(observations)]
        for one, other in zip(alone, stacked, strict=True):
            torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)
    losses = [
        sum(each.square().sum() for each in network(x)) for network, x in zip(networks, observations, strict=True)
    ]
    sum(losses).backward()
    sum(each.square().sum() for each in together(observations)).backward()
    for name, parameter in together.named_parameters():
        for seed, network in enumerate(networks):
            torch.testing.assert_close(parameter.grad[seed], network.get_parameter(name).grad, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["collect-v1", "two-agents-v1"])
@pytest.mark.parametrize("kind", [ActorCritic, QNetwork])
def test_default_sizes_match_within_five_percent(name, kind):
    symmetry, rng = get_task(name).symmetry(), np.random.default_rng(0)
    widths = default_widths(symmetry)
    equivariant = kind(symmetry, matched_channels(symmetry, widths, kind), equivariant_basis, rng)
    assert abs(count_parameters(equivariant) / count_parameters(plain_network(symmetry, widths, rng, kind)) - 1) < 0.05


@pytest.mark.parametrize(
    ("task", "summands", "lost"),
    [
        ("cartpole-v1", ("trivial",), "see the observation"),
        ("cartpole-v1", (("r",),), "see the observation"),
        ("grid-catch-vector-v1", (("r2",),), "see the observation"),
        ("key-room-v1", ("trivial",), "tell actions apart"),
        ("pendulum-v1", ("trivial",), "tell actions apart"),
    ],
)
def test_features_that_leave_a_network_blind_are_refused(task, summands, lost):
    with pytest.raises(SympriorError, match=f"could not {lost}: .* Add regular or quotient features"):
        hidden_features(get_task(task).symmetry(), summands)


# --- both learners ---


def trained(name, task_id, learner, steps, **settings):
    task, shipped = get_task(task_id), get_agent(name)
    simulator = task.simulator()
    problem = Problem(simulator.observation_space, simulator.action_space, task.symmetry())
    agent = shipped.build(problem, [3], [shipped.settings(task.family, settings)], learner)
    environments = SimulatorVectorEnv(simulator, agent.num_envs)
    environments.reset(seed=3)
    agent.learn(environments, steps)
    return agent


@pytest.mark.parametrize("learner", ["stable-baselines3", "batched"])
@pytest.mark.parametrize("name", ["a2c", "dqn"])
@pytest.mark.parametrize("features", [None, ("regular",), ("quotient", "trivial")], ids=str)
def test_both_learners_keep_the_equivariance(features, name, learner):
    task = get_task("collect-v1")
    agent = trained(f"{name}+homomorphic", "collect-v1", learner, 400, features=features, channels=(4, 4))
    symmetry = task.symmetry()
    states = closed_under(symmetry, frozen_observations(task, 24))
    assert agent.gradient_steps > 0
    if name == "dqn":
        assert value_equivariance_error(agent.action_values(states), symmetry).raw_maximum < 1e-5
    else:
        policy = agent.action_probabilities(states)
        assert policy.std(axis=0).max() > 1e-4 and equivariance_error(policy, symmetry).raw_maximum < 1e-5


def test_the_choice_of_features_stands_among_the_settings_only_where_one_is_made():
    shipped = get_agent("ppo+homomorphic")
    assert "features" not in shipped.settings("collect").model_dump(mode="json")
    chosen = shipped.settings("collect", {"features": ["quotient", ["(021,e)"]]})
    assert chosen.model_dump(mode="json")["features"] == ["quotient", ["(021,e)"]]
    assert type(chosen)(**chosen.model_dump(mode="json")) == chosen


def test_wide_is_as_wide_as_the_expanded_features():
    plain = trained("a2c+wide", "collect-v1", "batched", 80, channels=(3, 5))
    homomorphic = trained("a2c+homomorphic", "collect-v1", "batched", 80, channels=(3, 5))
    assert [layer.weight.matrix().shape[1:] for layer in plain.network.dense] == [
        layer.weight.matrix().shape[1:] for layer in homomorphic.network.dense
    ]
    assert plain.network.dense[1].weight.matrix().shape[1:] == (5 * 24, 3 * 24)
