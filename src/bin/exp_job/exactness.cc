// How libtorch's CUDA kernels trade exactness for speed, behind a C interface: `tch` binds none of
// these settings but cuDNN's benchmark.

#include <ATen/Context.h>

#include <exception>

// Makes cuDNN choose the same kernel every time and only kernels that add in a fixed order, and keeps
// float32 products at float32: by default libtorch lets cuDNN's convolutions round their inputs to TF32
// (10 bits of mantissa). Answers 0, or 1 where libtorch refuses.
extern "C" int exp_exact_cuda(void) {
  try {
    at::Context &context = at::globalContext();
    context.setBenchmarkCuDNN(false);
    context.setDeterministicCuDNN(true);
    context.setAllowTF32CuDNN(false);
    context.setAllowTF32CuBLAS(false);
    return 0;
  } catch (const std::exception &) {
    return 1;
  }
}
