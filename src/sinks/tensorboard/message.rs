//! TensorBoard's messages for our events: one function a kind, each giving a [`Summary_Value`].

use crate::event::Histogram;
use crate::files::{self, PICTURE, Place};
use protobuf::RepeatedField;
use std::io::{self, Cursor};
use tensorboard_proto::event::Event as Entry;
use tensorboard_proto::summary::{
    HistogramProto, Summary, Summary_Image, Summary_Value, SummaryMetadata,
    SummaryMetadata_PluginData,
};
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::tensor_shape::{TensorShapeProto, TensorShapeProto_Dim};
use tensorboard_proto::types::DataType;

/// What goes into the file: a value, its step and when it was measured, in seconds since 1970.
pub(super) fn entry(time: f64, step: u64, value: Summary_Value) -> Entry {
    let mut summary = Summary::new();
    summary.set_value(RepeatedField::from_vec(vec![value]));
    let mut entry = Entry::new();
    entry.set_wall_time(time);
    entry.set_step(step as i64);
    entry.set_summary(summary);
    entry
}

fn tagged(tag: &str) -> Summary_Value {
    let mut value = Summary_Value::new();
    value.set_tag(tag.to_owned());
    value
}

pub(super) fn scalar(tag: &str, value: f64) -> Summary_Value {
    let mut message = tagged(tag);
    message.set_simple_value(value as f32);
    message
}

pub(super) fn histogram(tag: &str, histogram: &Histogram) -> Summary_Value {
    let mut proto = HistogramProto::new();
    proto.set_min(histogram.min);
    proto.set_max(histogram.max);
    proto.set_num(histogram.count as f64);
    proto.set_sum(histogram.sum);
    proto.set_sum_squares(histogram.sum_squares);
    proto.set_bucket_limit(histogram.upper.clone());
    proto.set_bucket(histogram.counts.iter().map(|count| *count as f64).collect());
    let mut message = tagged(tag);
    message.set_histo(proto);
    message
}

/// [`image`] of a file.
pub(super) fn image_of(tag: &str, place: &Place) -> io::Result<Summary_Value> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", place.display()));
    files::read(place, PICTURE).and_then(|bytes| image(tag, bytes)).map_err(named)
}

/// A picture as PNG, whose own header says how large it is. (The size of a picture of
/// `tensorboard-rs` is the wrong way round.)
pub(super) fn image(tag: &str, bytes: Vec<u8>) -> io::Result<Summary_Value> {
    let reader = png::Decoder::new(Cursor::new(&bytes)).read_info().map_err(io::Error::other)?;
    let info = reader.info();
    let channels = match info.color_type {
        png::ColorType::Grayscale => 1,
        png::ColorType::GrayscaleAlpha => 2,
        png::ColorType::Rgb | png::ColorType::Indexed => 3,
        png::ColorType::Rgba => 4,
    };
    let mut picture = Summary_Image::new();
    picture.set_width(info.width as i32);
    picture.set_height(info.height as i32);
    picture.set_colorspace(channels);
    drop(reader);
    picture.set_encoded_image_string(bytes);
    let mut message = tagged(tag);
    message.set_image(picture);
    Ok(message)
}

/// Markdown for the plugin "text": a tensor of one string.
pub(super) fn text(tag: &str, text: &str) -> Summary_Value {
    let mut tensor = TensorProto::new();
    tensor.set_dtype(DataType::DT_STRING);
    tensor.set_tensor_shape(shape(1));
    tensor.set_string_val(RepeatedField::from_vec(vec![text.as_bytes().to_vec()]));
    plugin(tag, "text", Vec::new(), tensor)
}

/// A tensor that a plugin of TensorBoard shows, with what the plugin wants to know of it.
pub(super) fn plugin(
    tag: &str,
    name: &str,
    content: Vec<u8>,
    tensor: TensorProto,
) -> Summary_Value {
    let mut data = SummaryMetadata_PluginData::new();
    data.set_plugin_name(name.to_owned());
    data.set_content(content);
    let mut metadata = SummaryMetadata::new();
    metadata.set_plugin_data(data);
    let mut message = tagged(tag);
    message.set_metadata(metadata);
    message.set_tensor(tensor);
    message
}

/// The shape of a vector.
pub(super) fn shape(length: i64) -> TensorShapeProto {
    let mut dim = TensorShapeProto_Dim::new();
    dim.set_size(length);
    let mut shape = TensorShapeProto::new();
    shape.set_dim(RepeatedField::from_vec(vec![dim]));
    shape
}
