"""Portable kernels: what libraries are held to where a run is to have the same bits on every processor with AVX2.

Each library chooses its kernels when it is imported, by the make and the vector instructions of the processor that it finds.
So these variables are in the environment of the process that workers fork from.
"""

from __future__ import annotations

from symprior.benchmark.run.provenance import processor_flags
from symprior.symmetry.errors import SympriorError

KERNELS = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx2,+fma",
}
"""In turn: torch's loops, its convolutions, its products; numpy's products, its functions; what numba compiles.

MKL's are those for any processor: what it calls AVX2 is code of its own for each make.
"""

NEEDED = {"avx2": "AVX2", "fma": "FMA"}
"""As Linux and people name them."""


def check_processor() -> None:
    """Find out before anything is trained whether this processor has the portable kernels.

    Raises:
        SympriorError: it lacks instructions that they are made of.
    """
    lacking = [name for flag, name in NEEDED.items() if flag not in processor_flags()]
    if lacking:
        raise SympriorError(
            f"Portable kernels need a processor with AVX2 and FMA, and Linux names no {' and no '.join(lacking)} here. "
            "Leave --portable out."
        )
