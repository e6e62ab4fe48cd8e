"""The specs that the steps run. Everything is made small, so that all of them take under four minutes."""

QUIET = "{ measure_every_epochs: 100000, histograms_every_epochs: 0, checkpoint_every_epochs: 100000 }"
QUIET_PICTURES = QUIET[:-1] + ", gradient_variance_every_epochs: 0 }"

# Jobs that draw nothing on the device: 15 steps of dense networks, 3 of convolutional ones. More steps
# would show how training amplifies rounding, not whether it is sound.
DETERMINISTIC = """
  one:
    kind: classifier
    data: { set: glyphs, train: 500, validation: 0, test: 500 }
    network: { name: mlp, hidden: [100, 100] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 3
  three:
    kind: classifier
    members: 3
    data: { set: glyphs, train: 500, validation: 0, test: 500 }
    network: { name: mlp, hidden: [100, 100] }
    optimiser: { rule: sgd, rate: 0.05, momentum: 0.9 }
    epochs: 3
  jitter:
    kind: classifier
    members: 3
    data: { set: glyphs, train: 500, validation: 0, test: 500 }
    augment: { jitter: 2 }
    network: { name: mlp, hidden: [100] }
    optimiser: { rule: adamw, rate: 1e-3 }
    epochs: 3
  max_norm:
    kind: classifier
    members: 2
    data: { set: glyphs, train: 500, validation: 0, test: 500 }
    network: { name: mlp, hidden: [100], max_norm: 0.5 }
    optimiser: { rule: rmsprop, rate: 1e-3 }
    epochs: 3
  student:
    kind: distill
    teachers: three
    data: { set: glyphs, train: 500, validation: 0, test: 500 }
    network: { name: mlp, hidden: [30] }
    optimiser: { rule: adagrad, rate: 1e-2 }
    epochs: 3
  plain:
    kind: autoencoder
    form: plain
    data: { set: glyphs, train: 500, validation: 0, test: 100 }
    latent: 8
    encoder: { name: mlp, hidden: [100] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 3
  convolutional:
    kind: classifier
    data: { set: glyphs, train: 300, validation: 0, test: 300 }
    network: { name: cnn }
    optimiser: { rule: sgd, rate: 0.05, momentum: 0.9 }
    epochs: 1
  convolutional_three:
    kind: classifier
    members: 3
    data: { set: glyphs, train: 300, validation: 0, test: 300 }
    network: { name: cnn }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 1
  plain_convolutional:
    kind: autoencoder
    form: plain
    data: { set: glyphs, train: 300, validation: 0, test: 100 }
    latent: 8
    encoder: { name: cnn, channels: [8, 16], hidden: [64] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 1
"""

# The relative distance of parameters that is still alike, and for jobs with convolutions.
TOLERANCE = {"dense": 1e-4, "convolutional": 1e-3}
CONVOLUTIONAL = {"convolutional", "convolutional_three", "plain_convolutional"}

# Jobs whose draws come from the device's own generator: on another device they are other draws.
DRAWING = """
  dropout:
    kind: classifier
    members: 2
    data: { set: glyphs, train: 1000, validation: 0, test: 300 }
    network: { name: mlp, hidden: [100], dropout: 0.4, input_dropout: 0.1 }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 4
  variational:
    kind: autoencoder
    members: 2
    data: { set: glyphs, train: 1000, validation: 0, test: 100 }
    latent: 8
    encoder: { name: mlp, hidden: [100] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 4
  variational_convolutional:
    kind: autoencoder
    data: { set: glyphs, train: 1000, validation: 0, test: 100 }
    binarisation: dynamic
    latent: 8
    encoder: { name: cnn, channels: [8, 16], hidden: [64] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 4
"""
DRAW = ["dropout", "variational", "variational_convolutional"]

EQUALITY = "name: equality\nseed: 3\njobs:" + DETERMINISTIC + DRAWING

RESUMING = """
name: resuming
seed: 5
jobs:
  dense:
    kind: classifier
    members: 2
    data: { set: glyphs, train: 2000, validation: 0, test: 300 }
    augment: { jitter: 1 }
    network: { name: mlp, hidden: [100], dropout: 0.3, max_norm: 3.0 }
    optimiser: { rule: adam, rate: 1e-3 }
    schedule: { shape: cosine }
    epochs: 12
    logging: { histograms_every_epochs: 6 }
  convolutional:
    kind: classifier
    data: { set: glyphs, train: 1000, validation: 0, test: 300 }
    network: { name: cnn, channels: [6, 12], hidden: [30] }
    optimiser: { rule: sgd, rate: 0.05, momentum: 0.9 }
    epochs: 4
    logging: { histograms_every_epochs: 2 }
"""


GLYPHS = "{ set: glyphs, train: 10000, validation: 0, test: 500 }"
DIGITS = "{ set: idx, folder: digits }"
MLP = "{ name: mlp, hidden: [800, 800] }"
CNN = "{ name: cnn }"


def classifier(network, members=1, epochs=1_000_000, batch=100, logging=QUIET, data=GLYPHS):
    """One job that trains until it is stopped, unless it is said for how long."""
    return f"""
    kind: classifier
    members: {members}
    data: {data}
    network: {network}
    optimiser: {{ rule: adam, rate: 1e-3 }}
    batch: {batch}
    epochs: {epochs}
    logging: {logging}
"""


def variational(data):
    """The paper's network for MNIST, until it is stopped."""
    return f"""
    kind: autoencoder
    data: {data}
    latent: 20
    encoder: {{ name: mlp, hidden: [500], activation: tanh }}
    optimiser: {{ rule: adam, rate: 1e-3 }}
    epochs: 1000000
    logging: {QUIET_PICTURES}
"""


def timed(data):
    """What is timed: the job, its members."""
    return {
        "mlp, one": (classifier(MLP, data=data), 1),
        "mlp, ten": (classifier(MLP, members=10, data=data), 10),
        "cnn, one": (classifier(CNN, data=data), 1),
        "cnn, ten": (classifier(CNN, members=10, data=data), 10),
        "vae, one": (variational(data), 1),
    }


# More errors of 10,000 than this, and something is wrong: the CPU comes to 339.
DIGIT_ERRORS = 500


def spec(name, **jobs):
    """A spec of jobs by their names."""
    return f"name: {name}\njobs:" + "".join(f"\n  {job}:{text}" for job, text in jobs.items())
