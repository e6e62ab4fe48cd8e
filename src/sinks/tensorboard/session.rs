//! What the plugin "hparams" reads: a session is a job, with the settings it [`start`]ed with and
//! how it [`end`]ed.
//!
//! `_hparams_/experiment` is not written: the first one found would hide every setting that a later
//! job adds. Without it TensorBoard unites the settings of all sessions.

use super::message;
use crate::event::Ending;
use protobuf::Message;
use protobuf::well_known_types::Value as Setting;
use serde_json::{Map, Value};
use tensorboard_proto::api::Status;
use tensorboard_proto::plugin_hparams::{HParamsPluginData, SessionEndInfo, SessionStartInfo};
use tensorboard_proto::summary::Summary_Value;
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::types::DataType;

/// The start of a session, at `time` seconds since 1970.
pub(super) fn start(settings: &Map<String, Value>, group: &str, time: f64) -> Summary_Value {
    let mut info = SessionStartInfo::new();
    let settings =
        settings.iter().filter_map(|(name, value)| Some((name.clone(), setting(value)?)));
    info.set_hparams(settings.collect());
    info.set_group_name(group.to_owned());
    info.set_start_time_secs(time);
    let mut data = HParamsPluginData::new();
    data.set_session_start_info(info);
    session("_hparams_/session_start_info", &data)
}

/// The end of a session; none where it may go on.
pub(super) fn end(ending: Ending, time: f64) -> Option<Summary_Value> {
    let mut info = SessionEndInfo::new();
    info.set_status(match ending {
        Ending::Done => Status::STATUS_SUCCESS,
        Ending::Failed => Status::STATUS_FAILURE,
        Ending::Interrupted => return None,
    });
    info.set_end_time_secs(time);
    let mut data = HParamsPluginData::new();
    data.set_session_end_info(info);
    Some(session("_hparams_/session_end_info", &data))
}

/// The plugin reads its own data and wants an empty tensor beside it.
fn session(tag: &str, data: &HParamsPluginData) -> Summary_Value {
    let mut tensor = TensorProto::new();
    tensor.set_dtype(DataType::DT_FLOAT);
    tensor.set_tensor_shape(message::shape(0));
    // Writing to memory fails only for a message that lacks a required field; this syntax has none.
    let content = data.write_to_bytes().unwrap_or_default();
    message::plugin(tag, "hparams", content, tensor)
}

fn setting(value: &Value) -> Option<Setting> {
    let mut setting = Setting::new();
    match value {
        Value::Null => return None,
        Value::Bool(value) => setting.set_bool_value(*value),
        Value::Number(number) => setting.set_number_value(number.as_f64()?),
        Value::String(word) => setting.set_string_value(word.clone()),
        Value::Array(_) | Value::Object(_) => setting.set_string_value(value.to_string()),
    }
    Some(setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record that TensorBoard was seen to read (without its wall time).
    #[test]
    fn a_minimal_start_record_is_as_tensorboard_reads_it() {
        let settings = Map::from_iter([("lr".to_owned(), Value::from(0.1))]);
        let value = start(&settings, "", 1.0);
        let bytes = message::entry(0.0, 0, value).write_to_bytes().unwrap();
        let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let tag = "0a1c5f68706172616d735f2f73657373696f6e5f73746172745f696e666f";
        let tensor = "4206080112021200";
        let metadata = "4a290a270a0768706172616d73121c1a1a0a0f0a026c721209119a9999999999b93f29\
                        000000000000f03f";
        // The order of fields within a message is free.
        assert_eq!(hex, format!("2a530a51{tag}{metadata}{tensor}"));
    }

    #[test]
    fn an_interrupted_session_has_not_ended() {
        assert!(end(Ending::Interrupted, 1.0).is_none());
        assert!(end(Ending::Done, 1.0).is_some());
        assert!(end(Ending::Failed, 1.0).is_some());
    }

    #[test]
    fn settings_keep_their_type_and_null_is_left_out() {
        assert!(setting(&Value::Null).is_none());
        assert!(setting(&Value::from(true)).unwrap().get_bool_value());
        assert_eq!(setting(&Value::from(3)).unwrap().get_number_value().to_bits(), 3_f64.to_bits());
        assert_eq!(setting(&Value::from(vec![400, 30])).unwrap().get_string_value(), "[400,30]");
    }
}
