"""Asks TensorBoard's own plugin "projector" what it would show of a folder of runs; prints JSON.

python projector.py FOLDER. Uses the plugin's routes, as the page in the browser does.
"""

import json
import os
import struct
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from tensorboard.backend.event_processing import data_provider
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.projector import projector_plugin
from werkzeug import test as werkzeug_test


def open_plugin(folder):
    multiplexer = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, folder)
    context = base_plugin.TBContext(logdir=folder, data_provider=provider)
    return projector_plugin.ProjectorPlugin(context).get_plugin_apps()


def ask(routes, route, **query):
    response = werkzeug_test.Client(routes[route]).get("/", query_string=query)
    assert response.status_code == 200, (route, response.status, response.get_data())
    return response.get_data()


def read_embedding(routes, run, info):
    name, shape = info["tensorName"], info["tensorShape"]
    tensor = struct.unpack("<%df" % (shape[0] * shape[1]), ask(routes, "/tensor", run=run, name=name))
    metadata = ask(routes, "/metadata", run=run, name=name, num_rows=1000).decode()
    sprite = None
    if "sprite" in info:
        png = ask(routes, "/sprite_image", run=run, name=name)
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        sprite = {
            "image": info["sprite"]["singleImageDim"],
            "sheet": list(struct.unpack(">II", png[16:24])),
        }
    return {
        "shape": shape,
        "tensor": [list(tensor[row * shape[1] : (row + 1) * shape[1]]) for row in range(shape[0])],
        "metadata": metadata.splitlines(),
        "sprite": sprite,
    }


def main():
    routes = open_plugin(sys.argv[1])
    found = {}
    for run in json.loads(ask(routes, "/runs")):
        config = json.loads(ask(routes, "/info", run=run))
        found[run] = {
            info["tensorName"]: read_embedding(routes, run, info) for info in config["embeddings"]
        }
    json.dump(found, sys.stdout)


main()
