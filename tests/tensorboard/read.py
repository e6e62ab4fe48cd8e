"""Reads a folder of runs with the real TensorBoard and prints what it finds as JSON.

python read.py FOLDER. Each run is a sub-folder. Uses EventAccumulator for the data and the hparams
plugin's own backend for the sessions.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from tensorboard.backend.event_processing import data_provider
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2
from tensorboard.plugins.hparams import backend_context
from tensorboard.plugins.hparams import list_session_groups
from tensorboard.util import tensor_util


def read_run(folder):
    everything = {name: 0 for name in event_accumulator.DEFAULT_SIZE_GUIDANCE}
    events = event_accumulator.EventAccumulator(folder, size_guidance=everything)
    events.Reload()
    tags = events.Tags()
    text = {}
    for tag in tags["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name == "text":
            text[tag] = [
                [event.step, tensor_util.make_ndarray(event.tensor_proto)[0].decode()]
                for event in events.Tensors(tag)
            ]
    return {
        "scalars": {
            tag: [[event.step, event.value] for event in events.Scalars(tag)]
            for tag in tags["scalars"]
        },
        "images": {
            tag: [
                [image.step, image.width, image.height, len(image.encoded_image_string)]
                for image in events.Images(tag)
            ]
            for tag in tags["images"]
        },
        "histograms": {
            tag: [
                [
                    event.step,
                    event.histogram_value.min,
                    event.histogram_value.max,
                    event.histogram_value.num,
                    list(event.histogram_value.bucket_limit),
                    list(event.histogram_value.bucket),
                ]
                for event in events.Histograms(tag)
            ]
            for tag in tags["histograms"]
        },
        "text": text,
    }


def plain(value):
    kind = value.WhichOneof("kind")
    return None if kind is None else getattr(value, kind)


def read_sessions(folder):
    multiplexer = plugin_event_multiplexer.EventMultiplexer(
        tensor_size_guidance={"scalars": 0}
    ).AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, folder)
    context = backend_context.Context(base_plugin.TBContext(data_provider=provider))
    status = [
        api_pb2.STATUS_UNKNOWN,
        api_pb2.STATUS_SUCCESS,
        api_pb2.STATUS_FAILURE,
        api_pb2.STATUS_RUNNING,
    ]
    request = api_pb2.ListSessionGroupsRequest(
        start_index=0, slice_size=100, allowed_statuses=status
    )
    found = list_session_groups.Handler(RequestContext(), context, "", request).run()
    sessions = {}
    for group in found.session_groups:
        for session in group.sessions:
            sessions[session.name] = {
                "group": group.name,
                "settings": {name: plain(value) for name, value in group.hparams.items()},
                "status": api_pb2.Status.Name(session.status),
                "started": session.start_time_secs,
                "ended": session.end_time_secs,
                "metrics": {
                    metric.name.tag: metric.value for metric in session.metric_values
                },
            }
    return sessions


def main():
    folder = sys.argv[1]
    runs = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    found = {
        "runs": {run: read_run(os.path.join(folder, run)) for run in runs},
        "sessions": read_sessions(folder),
    }
    json.dump(found, sys.stdout)


main()
