// The optimisers' steps over lists of tensors, behind a C interface.
// libtorch has fused kernels that take one step of an optimiser over all its parameters in one
// pass over memory; `tch` binds none of them, and none of the `_foreach_` operations. Every
// function here takes an `exp_lists`, changes parameters and state in place, keeps nothing, and
// answers 0, or 1 with a message in `error`. Nothing is changed when the lists do not fit together:
// the CPU kernels trust their sizes, so everything is looked at first.

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/_fused_adagrad.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <dlfcn.h>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <vector>

// Lists of `count` tensors. A list that the rule does not use is null. `rates` holds one rate for
// all, or one for each member: for each index of the first axis of every parameter.
struct exp_lists {
  at::Tensor *const *parameters;
  at::Tensor *const *gradients;
  at::Tensor *const *first;
  at::Tensor *const *second;
  at::Tensor *const *steps;
  size_t count;
  const double *rates;
  size_t rate_count;
};

namespace {

using Tensors = std::vector<at::Tensor>;

struct Lists {
  Tensors parameters, gradients, first, second, steps;
};

Tensors gather(at::Tensor *const *list, size_t count) {
  Tensors tensors;
  if (list == nullptr) return tensors;
  tensors.reserve(count);
  for (size_t i = 0; i < count; ++i) tensors.push_back(*list[i]);
  return tensors;
}

void check_alike(const at::Tensor &tensor, const at::Tensor &parameter, const char *what, size_t i) {
  TORCH_CHECK(tensor.defined() && tensor.sizes() == parameter.sizes(), "the ", what, " of parameter ",
              i, " has another shape than the parameter");
  TORCH_CHECK(tensor.scalar_type() == parameter.scalar_type(), "the ", what, " of parameter ", i,
              " has another type of number than the parameter");
  TORCH_CHECK(tensor.device() == parameter.device(), "the ", what, " of parameter ", i,
              " is on another device than the parameter");
}

void check_step(const at::Tensor &step, const at::Tensor &parameter, size_t i) {
  TORCH_CHECK(step.defined() && step.numel() == 1 && step.scalar_type() == at::kFloat &&
                  step.device() == parameter.device(),
              "the step counter of parameter ", i, " is not one float32 beside the parameter");
}

// The lists as tensors, all of which fit together and lie densely in memory.
Lists checked(const exp_lists &raw) {
  Lists lists{gather(raw.parameters, raw.count), gather(raw.gradients, raw.count),
              gather(raw.first, raw.count), gather(raw.second, raw.count),
              gather(raw.steps, raw.count)};
  for (size_t i = 0; i < raw.count; ++i) {
    const auto &parameter = lists.parameters[i];
    TORCH_CHECK(parameter.defined() && parameter.is_contiguous(), "parameter ", i,
                " is not contiguous");
    TORCH_CHECK(parameter.options().type_equal(lists.parameters[0].options()) &&
                    parameter.device() == lists.parameters[0].device(),
                "parameter ", i, " has another type of number or device than parameter 0");
    TORCH_CHECK(raw.rate_count == 1 || (parameter.dim() > 0 && parameter.size(0) ==
                                                                   static_cast<int64_t>(raw.rate_count)),
                "parameter ", i, " does not have one slice for each of ", raw.rate_count, " rates");
    check_alike(lists.gradients[i], parameter, "gradient", i);
    lists.gradients[i] = lists.gradients[i].contiguous();
    for (auto *state : {&lists.first, &lists.second}) {
      if (state->empty()) continue;
      check_alike((*state)[i], parameter, "state", i);
      TORCH_CHECK((*state)[i].is_contiguous(), "the state of parameter ", i, " is not contiguous");
    }
    if (!lists.steps.empty()) check_step(lists.steps[i], parameter, i);
  }
  return lists;
}

// Counts one more step. Once a call, however many members it is then carried out for.
void advance(Tensors &steps) {
  if (steps.empty()) return;
  if (!steps.front().is_cpu()) return at::_foreach_add_(steps, 1);
  for (auto &step : steps) *step.data_ptr<float>() += 1;
}

// The lists of member `k`: views of its slice of every tensor; the step counters are shared.
Lists member(const Lists &all, int64_t k) {
  const auto narrowed = [k](const Tensors &tensors) {
    Tensors slices;
    slices.reserve(tensors.size());
    for (const auto &tensor : tensors) slices.push_back(tensor.narrow(0, k, 1));
    return slices;
  };
  return {narrowed(all.parameters), narrowed(all.gradients), narrowed(all.first),
          narrowed(all.second), all.steps};
}

// Holds OpenMP to this thread while it lives. The fused CPU kernels wake all threads for every
// tensor, however small: for a bias that takes ten times as long as its step.
class OneThread {
 public:
  OneThread() {
    if (get() != nullptr && set() != nullptr) threads_ = get()();
    if (threads_ > 1) set()(1);
  }
  ~OneThread() {
    if (threads_ > 1) set()(threads_);
  }
  OneThread(const OneThread &) = delete;
  OneThread &operator=(const OneThread &) = delete;

 private:
  // libtorch's own OpenMP, found by name, so that none is linked beside it.
  static int (*get())() {
    static void *const found = dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    return reinterpret_cast<int (*)()>(found);
  }
  static void (*set())(int) {
    static void *const found = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    return reinterpret_cast<void (*)(int)>(found);
  }
  int threads_ = 0;
};

// Below this many elements one thread is faster than two (measured).
constexpr int64_t kSmall = 32768;

// Carries `rule` out; on the CPU the small tensors on this thread, then the large ones on all.
template <class Rule>
void apply(const Rule &rule, Lists &lists, double rate) {
  if (lists.parameters.empty()) return;
  if (!lists.parameters.front().is_cpu()) return rule(lists, rate);
  Lists small, large;
  for (size_t i = 0; i < lists.parameters.size(); ++i) {
    auto &side = lists.parameters[i].numel() < kSmall ? small : large;
    side.parameters.push_back(std::move(lists.parameters[i]));
    side.gradients.push_back(std::move(lists.gradients[i]));
    if (!lists.first.empty()) side.first.push_back(std::move(lists.first[i]));
    if (!lists.second.empty()) side.second.push_back(std::move(lists.second[i]));
    if (!lists.steps.empty()) side.steps.push_back(std::move(lists.steps[i]));
  }
  if (!small.parameters.empty()) {
    const OneThread one_thread;
    rule(small, rate);
  }
  if (!large.parameters.empty()) rule(large, rate);
}

void write(char *error, size_t capacity, const char *text) {
  std::snprintf(error, capacity, "%s", text);
}

// Tells autograd that the parameters have changed, so that a graph that needs what they were says so.
void changed(const Tensors &parameters) {
  for (const auto &parameter : parameters) {
    if (!parameter.is_inference()) parameter.unsafeGetTensorImpl()->bump_version();
  }
}

// One step of `rule` over all lists. No exception leaves it.
template <class Rule>
int step(const exp_lists &raw, char *error, size_t capacity, const Rule &rule) {
  try {
    const at::AutoDispatchBelowADInplaceOrView below_autograd;  // its bookkeeping costs microseconds
    Lists lists = checked(raw);
    advance(lists.steps);
    changed(lists.parameters);
    if (raw.rate_count == 1) apply(rule, lists, raw.rates[0]);
    for (size_t k = 0; raw.rate_count > 1 && k < raw.rate_count; ++k) {
      Lists slice = member(lists, static_cast<int64_t>(k));
      apply(rule, slice, raw.rates[k]);
    }
    return 0;
  } catch (const c10::Error &caught) {
    write(error, capacity, caught.what_without_backtrace());
  } catch (const std::exception &caught) {
    write(error, capacity, caught.what());
  } catch (...) {
    write(error, capacity, "an exception of an unknown type");
  }
  return 1;
}

Tensors decayed(const Lists &lists, double weight_decay) {
  if (weight_decay == 0) return lists.gradients;
  return at::_foreach_add(lists.gradients, lists.parameters, weight_decay);
}

// RMSProp over one small tensor in one pass: square roots as an operation of their own go to MKL,
// which wakes all threads for them.
template <class Number>
void rmsprop_pass(Lists &lists, size_t i, Number rate, Number smoothing, Number epsilon,
                  Number momentum, Number weight_decay) {
  auto *parameter = lists.parameters[i].data_ptr<Number>();
  const auto *gradient = lists.gradients[i].const_data_ptr<Number>();
  auto *square = lists.first[i].data_ptr<Number>();
  auto *velocity = lists.second.empty() ? nullptr : lists.second[i].data_ptr<Number>();
  const Number rest = 1 - smoothing;
  for (int64_t at = 0, end = lists.parameters[i].numel(); at < end; ++at) {
    const Number slope = gradient[at] + weight_decay * parameter[at];
    square[at] = smoothing * square[at] + rest * slope * slope;
    Number change = slope / (std::sqrt(square[at]) + epsilon);
    if (velocity != nullptr) change = velocity[at] = momentum * velocity[at] + change;
    parameter[at] -= rate * change;
  }
}

}  // namespace

extern "C" {

// first: velocity, null without momentum. It starts as zeros, so no step is a special first one.
int exp_step_sgd(const exp_lists *raw, double momentum, bool nesterov, double weight_decay,
                 char *error, size_t capacity) {
  return step(*raw, error, capacity, [=](Lists &lists, double rate) {
    at::_fused_sgd_(lists.parameters, lists.gradients, lists.first, weight_decay, momentum, rate,
                    /*dampening=*/0.0, nesterov, /*maximize=*/false, /*is_first_step=*/false);
  });
}

// first: mean; second: mean_square; steps. `decoupled`: the weight decay of AdamW.
int exp_step_adam(const exp_lists *raw, bool decoupled, double beta1, double beta2, double epsilon,
                  double weight_decay, char *error, size_t capacity) {
  return step(*raw, error, capacity, [=](Lists &lists, double rate) {
    const auto kernel = [&](auto fused) {
      fused(lists.parameters, lists.gradients, lists.first, lists.second, Tensors{}, lists.steps,
            rate, beta1, beta2, weight_decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
    };
    if (decoupled) {
      kernel([](auto &&...arguments) { at::_fused_adamw_(arguments...); });
    } else {
      kernel([](auto &&...arguments) { at::_fused_adam_(arguments...); });
    }
  });
}

// first: sum_of_squares; steps. There is no fused kernel but for the CPU and CUDA.
int exp_step_adagrad(const exp_lists *raw, double epsilon, double weight_decay, char *error,
                     size_t capacity) {
  return step(*raw, error, capacity, [=](Lists &lists, double rate) {
    const auto &parameter = lists.parameters.front();
    if (parameter.is_cpu() || parameter.is_cuda()) {
      return at::_fused_adagrad_(lists.parameters, lists.gradients, lists.first, lists.steps, rate,
                                 /*lr_decay=*/0.0, weight_decay, epsilon, /*maximize=*/false);
    }
    const Tensors gradients = decayed(lists, weight_decay);
    at::_foreach_addcmul_(lists.first, gradients, gradients, 1);
    Tensors roots = at::_foreach_sqrt(lists.first);
    at::_foreach_add_(roots, epsilon);
    at::_foreach_addcdiv_(lists.parameters, gradients, roots, -rate);
  });
}

// first: mean_square; second: velocity, null without momentum.
int exp_step_rmsprop(const exp_lists *raw, double smoothing, double epsilon, double momentum,
                     double weight_decay, char *error, size_t capacity) {
  return step(*raw, error, capacity, [=](Lists &lists, double rate) {
    const auto &front = lists.parameters.front();
    if (front.is_cpu() && front.numel() < kSmall) {  // then all are: `apply` parts them
      const auto pass = [&](auto zero) {
        for (size_t i = 0; i < lists.parameters.size(); ++i) {
          rmsprop_pass<decltype(zero)>(lists, i, rate, smoothing, epsilon, momentum, weight_decay);
        }
      };
      if (front.scalar_type() == at::kFloat) return pass(0.0F);
      if (front.scalar_type() == at::kDouble) return pass(0.0);
    }
    const Tensors gradients = decayed(lists, weight_decay);
    at::_foreach_mul_(lists.first, smoothing);
    at::_foreach_addcmul_(lists.first, gradients, gradients, 1 - smoothing);
    Tensors roots = at::_foreach_sqrt(lists.first);
    at::_foreach_add_(roots, epsilon);
    if (momentum == 0) return at::_foreach_addcdiv_(lists.parameters, gradients, roots, -rate);
    at::_foreach_mul_(lists.second, momentum);
    at::_foreach_addcdiv_(lists.second, gradients, roots, 1);
    at::_foreach_add_(lists.parameters, lists.second, -rate);
  });
}

}  // extern "C"
