"""Products of small matrices at the processor's full rate, with one order of sums on every processor.

A tile keeps a few rows by sixteen columns of the result in registers and adds scaled rows of the second factor to them. Each
entry is the sum of its terms in order, one multiplication and one addition after the other, however wide the processor's
vectors are; so no entry depends on the processor, nor on how many rows are computed beside it. Written in LLVM's
intermediate language, since compilers leave such loops with a store after each term.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.types.abstract import Type
from numba.core.typing.templates import Signature

from symprior.agents.learners.batched.kernel.arithmetic.compiled import (
    Builder,
    Coded,
    Intrinsic,
    Target,
    Typing,
    Value,
    Values,
    in_llvm,
    inlined,
)
from symprior.agents.learners.batched.kernel.arithmetic.tables import Floats

LANES = 16
"""Columns come in so many: rows of matrices are padded to a multiple of it, with zeros."""

ROWS = 4
"""Rows of a tile."""

_FLOAT, _INT = ir.FloatType(), ir.IntType(64)
_VECTOR = ir.VectorType(_FLOAT, LANES)


def padded(size: int) -> int:
    """The next multiple of `LANES`."""
    return -(-size // LANES) * LANES


def _tile(rows: int) -> Intrinsic:
    """c[r, :LANES] = start[:LANES] + Σ_k a[r, k] b[k, :LANES] for so many rows, at places in flat arrays."""

    @in_llvm
    def tile(typing: Typing, a: Type, a0: Type, row: Type, column: Type, b: Type, b0: Type, b_row: Type, start: Type,
             s0: Type, c: Type, c0: Type, c_row: Type, count: Type) -> Coded:  # fmt: skip
        place = types.int64
        signature = types.void(a, place, place, place, b, place, place, start, place, c, place, place, place)

        def code(context: Target, builder: Builder, signature: Signature, arguments: Values) -> Value:
            arrays = {
                i: context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 4, 7, 9)
            }
            _write_tile(builder, rows, arrays, arguments)
            return context.get_dummy_value()

        return signature, code

    return tile


def _write_tile(builder: Builder, rows: int, arrays: dict[int, Value], arguments: Values) -> None:
    _, a0, row, column, _, b0, b_row, _, s0, _, c0, c_row, count = arguments
    before = builder.block
    loop, after = builder.append_basic_block("terms"), builder.append_basic_block("done")
    first = _load(builder, arrays[7], s0)
    of_rows = [builder.add(a0, builder.mul(_INT(r), row)) for r in range(rows)]
    builder.cbranch(builder.icmp_signed(">", count, _INT(0)), loop, after)

    builder.position_at_end(loop)
    k = builder.phi(_INT)
    sums = [builder.phi(_VECTOR) for _ in range(rows)]
    scaled = _load(builder, arrays[4], builder.add(b0, builder.mul(k, b_row)))
    along = builder.mul(k, column)
    factors = [_everywhere(builder, builder.load(builder.gep(arrays[0], [builder.add(r, along)]))) for r in of_rows]
    grown = [builder.fadd(total, builder.fmul(factor, scaled)) for total, factor in zip(sums, factors, strict=True)]
    following = builder.add(k, _INT(1))
    for phi, initial, next_one in zip([k, *sums], [_INT(0), *[first] * rows], [following, *grown], strict=True):
        phi.add_incoming(initial, before)
        phi.add_incoming(next_one, loop)
    builder.cbranch(builder.icmp_signed("<", following, count), loop, after)

    builder.position_at_end(after)
    results = [builder.phi(_VECTOR) for _ in range(rows)]
    for r, (result, total) in enumerate(zip(results, grown, strict=True)):
        result.add_incoming(first, before)
        result.add_incoming(total, loop)
        builder.store(result, _at(builder, arrays[9], builder.add(c0, builder.mul(_INT(r), c_row)))).align = 4


def _at(builder: Builder, array: Value, place: Value) -> Value:
    return builder.bitcast(builder.gep(array, [place]), _VECTOR.as_pointer())


def _load(builder: Builder, array: Value, place: Value) -> Value:
    loaded = builder.load(_at(builder, array, place))
    loaded.align = 4
    return loaded


def _everywhere(builder: Builder, number: Value) -> Value:
    unknown, positions = ir.Constant(_VECTOR, ir.Undefined), ir.VectorType(ir.IntType(32), LANES)
    single = builder.insert_element(unknown, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(single, unknown, ir.Constant(positions, [0] * LANES))


_tile_of_rows, _tile_of_one = _tile(ROWS), _tile(1)


@inlined
def product(
    a: Floats, a0: int, row: int, column: int, b: Floats, b0: int, b_row: int, start: Floats, s0: int,
    c: Floats, c0: int, c_row: int, m: int, n: int, count: int,
) -> None:  # fmt: skip
    """C = 1 startᵀ + A B for A [m, count], B [count, n], C [m, n] in flat float32 arrays; n is a multiple of `LANES`.

    A[i, k] is a[a0 + i · row + k · column], B[k, j] is b[b0 + k · b_row + j], and C likewise; rows start from start[s0:].
    """
    for j in range(0, n, LANES):
        i = 0
        while i + ROWS <= m:
            _tile_of_rows(
                a, a0 + i * row, row, column, b, b0 + j, b_row, start, s0 + j, c, c0 + i * c_row + j, c_row, count
            )
            i += ROWS
        while i < m:
            _tile_of_one(
                a, a0 + i * row, row, column, b, b0 + j, b_row, start, s0 + j, c, c0 + i * c_row + j, c_row, count
            )
            i += 1


@inlined
def transpose(a: Floats, a0: int, a_row: int, m: int, n: int, b: Floats, b0: int, b_row: int) -> None:
    """B = Aᵀ for A [m, n] in flat arrays whose rows are padded; padding of B is written over with that of A."""
    for i in range(0, m, LANES):
        for j in range(0, n, LANES):
            if i + LANES <= m and j + LANES <= n:
                _transpose_block(a, a0 + i * a_row + j, a_row, b, b0 + j * b_row + i, b_row)
            else:
                for k in range(i, min(i + LANES, m)):
                    for last in range(j, min(j + LANES, n)):
                        b[b0 + last * b_row + k] = a[a0 + k * a_row + last]


@in_llvm
def _transpose_block(typing: Typing, a: Type, a0: Type, a_row: Type, b: Type, b0: Type, b_row: Type) -> Coded:
    """Sixteen by sixteen entries, by four rounds of exchanges between pairs of rows."""
    place = types.int64
    signature = types.void(a, place, place, b, place, place)

    def code(context: Target, builder: Builder, signature: Signature, arguments: Values) -> Value:
        array, a0, a_row, other, b0, b_row = arguments
        source = context.make_array(signature.args[0])(context, builder, array).data
        target = context.make_array(signature.args[3])(context, builder, other).data
        rows = [_load(builder, source, builder.add(a0, builder.mul(_INT(i), a_row))) for i in range(LANES)]
        half = LANES // 2
        while half:
            for i in range(LANES):
                if not i & half:
                    rows[i], rows[i + half] = _exchanged(builder, rows[i], rows[i + half], half)
            half //= 2
        for i, row in enumerate(rows):
            builder.store(row, _at(builder, target, builder.add(b0, builder.mul(_INT(i), b_row)))).align = 4
        return context.get_dummy_value()

    return signature, code


def _exchanged(builder: Builder, upper: Value, lower: Value, half: int) -> tuple[Value, ...]:
    """Two rows `half` apart after the off-diagonal parts of that size have changed places."""
    stays = [j if not j & half else LANES + (j ^ half) for j in range(LANES)]
    moves = [j ^ half if not j & half else LANES + j for j in range(LANES)]
    positions = ir.VectorType(ir.IntType(32), LANES)
    return tuple(builder.shuffle_vector(upper, lower, ir.Constant(positions, each)) for each in (stays, moves))


def _scaled_vector(adds: bool) -> Intrinsic:
    """b[b0:] = scale · a[a0:], or += it, sixteen entries."""

    @in_llvm
    def scaled_vector(typing: Typing, a: Type, a0: Type, scale: Type, b: Type, b0: Type) -> Coded:
        signature = types.void(a, types.int64, types.float32, b, types.int64)

        def code(context: Target, builder: Builder, signature: Signature, arguments: Values) -> Value:
            array, a0, scale, other, b0 = arguments
            source = context.make_array(signature.args[0])(context, builder, array).data
            target = context.make_array(signature.args[3])(context, builder, other).data
            entries = builder.fmul(_everywhere(builder, scale), _load(builder, source, a0))
            if adds:
                entries = builder.fadd(_load(builder, target, b0), entries)
            builder.store(entries, _at(builder, target, b0)).align = 4
            return context.get_dummy_value()

        return signature, code

    return scaled_vector


_set_scaled_vector, _add_scaled_vector = _scaled_vector(False), _scaled_vector(True)


@inlined
def set_scaled(a: Floats, a0: int, scale: float, b: Floats, b0: int, count: int) -> None:
    """b[b0 : b0 + count] = scale · a[a0 : a0 + count]."""
    whole = count // LANES * LANES
    for i in range(0, whole, LANES):
        _set_scaled_vector(a, a0 + i, scale, b, b0 + i)
    for i in range(whole, count):
        b[b0 + i] = scale * a[a0 + i]


@inlined
def add_scaled(a: Floats, a0: int, scale: float, b: Floats, b0: int, count: int) -> None:
    """b[b0 : b0 + count] += scale · a[a0 : a0 + count]."""
    whole = count // LANES * LANES
    for i in range(0, whole, LANES):
        _add_scaled_vector(a, a0 + i, scale, b, b0 + i)
    for i in range(whole, count):
        b[b0 + i] += scale * a[a0 + i]


def _inner_tile(rows: int) -> Intrinsic:
    """c[r · c_row] = start + Σ_k a[r, k] b[k] for so many rows, summed in sixteen lanes, then by halves."""

    @in_llvm
    def tile(typing: Typing, a: Type, a0: Type, a_row: Type, b: Type, b0: Type, start: Type, c: Type, c0: Type,
             c_row: Type, count: Type) -> Coded:  # fmt: skip
        place = types.int64
        signature = types.void(a, place, place, b, place, types.float32, c, place, place, place)

        def code(context: Target, builder: Builder, signature: Signature, arguments: Values) -> Value:
            arrays = {i: context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 3, 6)}
            _write_inner_tile(builder, rows, arrays, arguments)
            return context.get_dummy_value()

        return signature, code

    return tile


def _write_inner_tile(builder: Builder, rows: int, arrays: dict[int, Value], arguments: Values) -> None:
    _, a0, a_row, _, b0, start, _, c0, c_row, count = arguments
    before, loop, after = builder.block, builder.append_basic_block("lanes"), builder.append_basic_block("folded")
    of_rows = [builder.add(a0, builder.mul(_INT(r), a_row)) for r in range(rows)]
    zero = ir.Constant(_VECTOR, [0.0] * LANES)
    builder.branch(loop)

    builder.position_at_end(loop)
    k = builder.phi(_INT)
    sums = [builder.phi(_VECTOR) for _ in range(rows)]
    other = _load(builder, arrays[3], builder.add(b0, k))
    own = [_load(builder, arrays[0], builder.add(row, k)) for row in of_rows]
    grown = [builder.fadd(total, builder.fmul(each, other)) for total, each in zip(sums, own, strict=True)]
    following = builder.add(k, _INT(LANES))
    for phi, initial, next_one in zip([k, *sums], [_INT(0), *[zero] * rows], [following, *grown], strict=True):
        phi.add_incoming(initial, before)
        phi.add_incoming(next_one, loop)
    builder.cbranch(builder.icmp_signed("<", following, count), loop, after)

    builder.position_at_end(after)
    for r, total in enumerate(grown):
        place = builder.gep(arrays[6], [builder.add(c0, builder.mul(_INT(r), c_row))])
        builder.store(builder.fadd(start, _folded(builder, total)), place)


def _folded(builder: Builder, vector: Value) -> Value:
    """The sum of all lanes: the upper half on the lower one, until one is left."""
    lanes = LANES
    while lanes > 1:
        lanes //= 2
        halves = [
            builder.shuffle_vector(
                vector, vector, ir.Constant(ir.VectorType(ir.IntType(32), lanes), [first + j for j in range(lanes)])
            )
            for first in (0, lanes)
        ]
        vector = builder.fadd(*halves)
    return builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))


_inner_tile_of_rows, _inner_tile_of_one = _inner_tile(ROWS), _inner_tile(1)


@inlined
def inner_products(
    a: Floats, a0: int, a_row: int, b: Floats, b0: int, b_row: int, start: Floats, s0: int,
    c: Floats, c0: int, c_row: int, m: int, n: int, count: int,
) -> None:  # fmt: skip
    """C = 1 startᵀ + A Bᵀ for A [m, count], B [n, count], C [m, n], for few columns; `count` is a multiple of `LANES`."""
    for j in range(n):
        i = 0
        while i + ROWS <= m:
            _inner_tile_of_rows(
                a, a0 + i * a_row, a_row, b, b0 + j * b_row, start[s0 + j], c, c0 + i * c_row + j, c_row, count
            )
            i += ROWS
        while i < m:
            _inner_tile_of_one(
                a, a0 + i * a_row, a_row, b, b0 + j * b_row, start[s0 + j], c, c0 + i * c_row + j, c_row, count
            )
            i += 1


@in_llvm
def _add_squares(typing: Typing, a: Type, a0: Type, sums: Type) -> Coded:
    """sums[:] += a[a0:]², four times sixteen entries."""
    signature = types.void(a, types.int64, sums)

    def code(context: Target, builder: Builder, signature: Signature, arguments: Values) -> Value:
        array, a0, other = arguments
        source = context.make_array(signature.args[0])(context, builder, array).data
        target = context.make_array(signature.args[2])(context, builder, other).data
        for part in range(SUMS // LANES):
            x = _load(builder, source, builder.add(a0, _INT(part * LANES)))
            known = _load(builder, target, _INT(part * LANES))
            place = _at(builder, target, _INT(part * LANES))
            builder.store(builder.fadd(known, builder.fmul(x, x)), place).align = 4
        return context.get_dummy_value()

    return signature, code


SUMS = 4 * LANES
"""In so many lanes squares are summed."""


@inlined
def sum_of_squares(a: Floats, sums: Floats) -> np.float32:
    """Σ a², summed in `SUMS` lanes and then over these: one order everywhere. `sums` is room for them."""
    sums[:] = 0
    whole = len(a) // SUMS * SUMS
    for start in range(0, whole, SUMS):
        _add_squares(a, start, sums)
    total = np.float32(0)
    for j in range(SUMS):
        total += sums[j]
    for i in range(whole, len(a)):
        total += a[i] * a[i]
    return total
