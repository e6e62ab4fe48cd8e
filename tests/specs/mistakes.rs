//! A good spec, [`GOOD`], and the ways to get it wrong that we thought of.

pub(super) const GOOD: &str = "\
name: pair
seed: 17
jobs:
  teachers:
    kind: classifier
    members: 5
    data: { set: glyphs }
    augment: { jitter: 2 }
    network: { name: mlp, hidden: [400, 400], dropout: 0.3 }
    optimiser: { rule: adam, rate: 1e-3 }
    schedule: { shape: cosine }
    epochs: 10
  student:
    kind: distill
    teachers: teachers
    data: { set: glyphs, train: 2000 }
    network:
      name: cnn
      channels: [8, 16]
      hidden: [30]
    loss: { temperature: 4.0, soft_weight: 0.9 }
    optimiser:
      rule: sgd
      rate: 0.1
      momentum: 0.9
    logging: { measure_every_epochs: 10 }
";

/// Edits of the good spec: what is replaced, and by what.
pub(super) const EDITS: &[(&str, &str)] = &[
    // misspelt, at each depth
    ("seed: 17", "sead: 17"),
    ("jobs:", "job:"),
    ("name: pair", "nmae: pair"),
    ("kind: distill", "kid: distill"),
    ("kind: distill", "kind: distil"),
    ("kind: distill", "kind: ''"),
    ("kind: classifier", "kind: >"),
    ("epochs: 10", "epoch: 10"),
    ("epochs: 10", "epoch: ten"),
    ("epochs: 10", "sede: 3"),
    ("epochs: 10", "learning_rate: 3"),
    ("jitter: 2", "jiter: 2"),
    ("train: 2000", "trian: 2000"),
    ("set: glyphs }", "sett: glyphs }"),
    ("rule: adam", "rules: adam"),
    ("dropout: 0.3", "droput: 0.3"),
    ("channels: [8, 16]", "chanels: [8, 16]"),
    ("temperature: 4.0", "temprature: 4.0"),
    ("measure_every_epochs", "measure_every_epoch"),
    ("momentum: 0.9", "momentun: 0.9"),
    ("shape: cosine", "shape: cosine, every_epochs: 3"),
    // words of PyTorch
    ("rate: 1e-3", "lr: 1e-3"),
    ("rate: 1e-3", "rate: 1e-3, betas: [0.9, 0.99]"),
    ("rate: 1e-3", "rate: 1e-3, eps: small"),
    ("epochs: 10", "lr: 1e-3"),
    ("epochs: 10", "batch_size: 64"),
    ("soft_weight: 0.9", "alpha: 0.9"),
    ("seed: 17", "device: gpu"),
    // enum words
    ("set: glyphs }", "set: glyfs }"),
    ("set: glyphs }", "set: imagenet }"),
    ("rule: adam", "rule: Adam"),
    ("rule: sgd", "rule: lbfgs"),
    ("name: cnn", "name: resnet"),
    ("shape: cosine", "shape: linear"),
    ("epochs: 10", "select: bset"),
    ("seed: 17", "device: gpu0"),
    // types
    ("epochs: 10", "epochs: ten"),
    ("epochs: 10", "epochs: 1e3"),
    ("epochs: 10", "epochs: '10'"),
    ("epochs: 10", "epochs:"),
    ("epochs: 10", "epochs: [10]"),
    ("epochs: 10", "epochs: { all: 10 }"),
    ("hidden: [400, 400]", "hidden: 400"),
    ("hidden: [400, 400]", "hidden: [400, wide]"),
    ("hidden: [400, 400]", "hidden: { first: 400 }"),
    ("rate: 1e-3", "rate: fast"),
    ("rate: 1e-3", "rate: [1e-3, fast, 1, 1, 1]"),
    ("temperature: 4.0", "temperature: true"),
    ("teachers: teachers", "teachers: 3"),
    ("teachers: teachers", "teachers: [teachers]"),
    ("teachers: teachers", "teachers: ''"),
    ("teachers: teachers", "teachers:"),
    ("data: { set: glyphs }", "data: glyphs"),
    ("data: { set: glyphs }", "data: [glyphs]"),
    ("    optimiser: { rule: adam, rate: 1e-3 }\n", ""),
    ("    teachers: teachers\n", ""),
    ("      name: cnn\n", ""),
    // ranges
    ("epochs: 10", "epochs: 0"),
    ("epochs: 10", "epochs: -1"),
    ("epochs: 10", "epochs: 99999999999999999999"),
    ("members: 5", "members: 1001"),
    ("dropout: 0.3", "dropout: 1"),
    ("jitter: 2", "jitter: 4294967296"),
    ("temperature: 4.0", "temperature: 0"),
    ("soft_weight: 0.9", "soft_weight: 1.5"),
    ("rate: 1e-3", "rate: 0"),
    ("rate: 1e-3", "rate: .nan"),
    ("rate: 1e-3", "rate: 1e400"),
    ("rate: 1e-3", "rate: inf"),
    ("rate: 1e-3", "rate: nan"),
    ("rate: 1e-3", "rate: -Infinity"),
    ("rate: 1e-3", "rate: 1e300"),
    ("rate: 1e-3", "rate: 1e-300"),
    ("rate: 1e-3", "rate: 1e-3, epsilon: 1e300"),
    ("rate: 1e-3", "rate: 1e-3, weight_decay: 1e300"),
    ("dropout: 0.3", "max_norm: 1e-300"),
    ("temperature: 4.0", "temperature: 1e-300"),
    ("epochs: 10", "epochs: 1000000000000000000"),
    ("seed: 17", "seed: 18446744073709551615"),
    ("rate: 1e-3", "rate: '1,5'"),
    ("rate: 1e-3", "rate: '1,500'"),
    ("rate: 1e-3", "rate: '1_000,5'"),
    ("epochs: 10", "epochs: 1,5"),
    ("epochs: 10", "epochs: 1,500"),
    ("hidden: [30]", "hidden: [30, 0]"),
    ("train: 2000", "train: 2000000"),
    // at odds with each other
    ("rate: 1e-3", "rate: [1e-3, 1e-4]"),
    ("momentum: 0.9", "nesterov: true"),
    ("jitter: 2", "jitter: 14"),
    ("channels: [8, 16]", "channels: [8, 16, 16, 16, 16]"),
    ("hidden: [30]", "kernel: 4"),
    ("epochs: 10", "select: best\n    data: { set: glyphs, validation: 0 }"),
    ("data: { set: glyphs }", "select: best\n    data: { set: glyphs, validation: 0 }"),
    ("data: { set: glyphs }", "data: { set: idx, folder: two }"),
    // references
    ("teachers: teachers", "teachers: techers"),
    ("teachers: teachers", "teachers: someone"),
    ("teachers: teachers", "teachers: student"),
    ("kind: classifier", "kind: distill\n    teachers: student"),
    ("teachers: teachers", "teachers: old/techers"),
    ("teachers: teachers", "teachers: old/student"),
    ("teachers: teachers", "teachers: runs/old"),
    ("teachers: teachers", "teachers: old"),
    ("teachers: teachers", "teachers: odl/teachers"),
    ("teachers: teachers", "teachers: runs/old/nothing/here"),
    ("teachers: teachers", "teachers: ../../etc/passwd"),
    // several at once
    ("teachers: teachers", "teachers: techers\n    epochz: 3"),
    ("    kind: classifier\n    members: 5", "    kind: clasifier\n    membrs: five"),
    ("    epochs: 10\n", "    epochs: 10\n    epochs: 11\n    select: bset\n    batch: 0\n"),
    // YAML
    ("    epochs: 10", "\tepochs: 10"),
    ("    epochs: 10", "    epochs:\t10\n    batch: x"),
    ("    epochs: 10", "     epochs: 10"),
    ("{ rule: adam, rate: 1e-3 }", "{rule:adam,rate:1e-3}"),
    ("{ rule: adam, rate: 1e-3 }", "{rule: adam, rate:fast}"),
    ("{ set: glyphs }", "{set:glyphs}"),
    ("    members: 5", "    members: 5\n    members: 6"),
    ("members: 5", "members: !!int 5"),
    ("members: 5", "members: !five 5"),
    ("members: 5", "members: &five 5"),
    ("members: 5", "members: *five"),
    ("    members: 5\n", "    members: &five 5\n    epochs: *five\n    batch: 0\n"),
    ("    members: 5", "    <<: { members: 5 }\n    members: none"),
    ("[400, 400]", "[400, 400"),
    ("dropout: 0.3 }", "dropout: 0.3"),
    ("[400, 400]", "[400, 400]]"),
    ("cosine }", "cosine } }"),
    ("name: pair", "name: 'pair"),
    ("name: pair", "name: \"pair\\q\""),
    ("name: pair", "name: pair: two"),
    ("name: pair", "name: pair\nname: two"),
    ("name: pair", "name: a b"),
    ("name: pair", "name: [pair]"),
    ("name: pair", "--- # one\nname: pair\n---\nname: two"),
    ("name: pair", "? name\n: [pair"),
    ("seed: 17", "17: seed"),
    ("seed: 17", "seed: 1.5"),
    ("seed: 17", "seed: seventeen"),
    ("seed: 17", "seed: [17]"),
    ("  student:", "  Teachers: { kind: classifier }\n  student:"),
    ("  student:", "  the student:"),
    ("  student:", "  Figures: { kind: classifier }\n  student:"),
    ("  student:", "  other: classifier\n  student:"),
    ("  student:", "  other: { kind: [classifier] }\n  student:"),
    ("  student:", "  other: { kind: null }\n  student:"),
    // wide characters and tabs before the caret
    ("members: 5", "members: '五人の先生'"),
    ("data: { set: glyphs }", "data: { set: '文字', train: 文字 }"),
    ("data: { set: glyphs }", "data: {\tset:\tglyphs,\ttrain:\tmany\t}"),
    ("members: 5", "mémbers: 5 # e\u{301}"),
    ("members: 5", "'👩‍🏫👩‍🏫': 5"),
];

/// A fault in itself, at odds with another setting, or leading nowhere, in each job.
pub(super) const EVERYTHING: &str = "\
name: a/b
sede: x
jobs:
  one:
    kind: clasifier
    membrs: 2
    data: { set: glyphs }
    augment: { jitter: 14 }
    network: { name: mlp, hiden: [30, 0] }
    optimiser: { rule: adam, rate: [1, 2, 3] }
    epochs: .inf
  two:
    kind: distill
    techers: oen
    data: { set: glyphs, validation: 0 }
    select: best
    network: { name: cnn, kernel: 4 }
    optimiser: { rule: adem, rate: -1 }
    batch: &b 0
  three:
    kind: distill
    teachers: four
    data: { set: idx, folder: two }
    network: { name: mlp, hidden: [] }
    momentum: 0.9
  four: { kind: distill, teachers: three, epochs: *b, seed: -1, data: { set: glyphs }, select: bset }
  five: { teachers: somewhere/else }
  six: { kind: distill, teachers: old/student, data: { set: glyphs }, loss: 3 }
";

/// Whole texts.
pub(super) fn texts() -> Vec<(&'static str, Vec<u8>)> {
    let long = |before: usize, after: usize| {
        let (before, after) = ("a".repeat(before), "b".repeat(after));
        let note = format!("'{before}', note: {{ text: '{after}' }}");
        GOOD.replace("rate: 1e-3", &format!("{note}, rate: none, more: '{after}'"))
    };
    vec![
        ("everything at once", EVERYTHING.into()),
        ("an empty file", Vec::new()),
        ("blanks", b"  \n\n \n".to_vec()),
        ("only a comment", b"# later\n".to_vec()),
        ("a byte order mark alone", "\u{feff}".into()),
        ("null", b"null\n".to_vec()),
        ("a word", b"classifier\n".to_vec()),
        ("a list", b"- name: pair\n- jobs: {}\n".to_vec()),
        ("JSON that is cut off", b"{\"name\": \"pair\", \"jobs\": {\"a\": {\"kind\":".to_vec()),
        ("no jobs", b"name: pair\njobs:\n".to_vec()),
        ("only a name", b"name: pair\n".to_vec()),
        ("Latin-1", b"name: pair\n# ge\xe4ndert\n".to_vec()),
        ("UTF-16", b"\xff\xfen\0a\0m\0e\0".to_vec()),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        ("a null byte", b"name: pa\0ir\n".to_vec()),
        (
            "line ends of Windows",
            GOOD.replacen("epochs: 10", "epochs: x", 1).replace('\n', "\r\n").into(),
        ),
        (
            "line ends of old Macs",
            GOOD.replacen("epochs: 10", "epochs: x", 1).replace('\n', "\r").into(),
        ),
        ("a long line", long(300, 300).into()),
        ("a long name", GOOD.replace("pair", &"pair".repeat(100)).into()),
        (
            "a long reference",
            GOOD.replace("teachers: teachers", &format!("teachers: {}", "../".repeat(500))).into(),
        ),
        ("a long key", GOOD.replacen("epochs:", &format!("{}:", "epochs".repeat(100)), 1).into()),
    ]
}

/// Overrides of the good spec.
pub(super) const OVERRIDES: &[&[&str]] = &[
    &["student.epochs"],
    &["=3"],
    &[".epochs=3"],
    &["student..epochs=3"],
    &["student.epochs =3"],
    &["student.epochs="],
    &["student.epochs=ten"],
    &["student.epochs=0"],
    &["student.epoch=3"],
    &["studnet.epochs=3"],
    &["jobs.studnet.epochs=3"],
    &["nothing.epochs=3"],
    &["sede=3"],
    &["seed=-3"],
    &["jobs=3"],
    &["student=3"],
    &["student={ kind: classifier }"],
    &["student.teachers=../x"],
    &["student.teachers=./x"],
    &["student.kind=classifer"],
    &["student.kind=classifier"],
    &["student.network.hidden[1]=3"],
    &["student.network.hidden[x]=3"],
    &["student.network.hidden[0=3"],
    &["student.network.hidden[0][0]=3"],
    &["student.network.hidden.first=3"],
    &["student.network.hidden[0]=0"],
    &["student.epochs.more=3"],
    &["student.network={ name: mpl, hidden: [3"],
    &["student.network={ name: mpl, hidden: 3 }"],
    &["student.network.name=mlp"],
    &["student.network.name=mpl"],
    &["teachers.network.name=cnn", "teachers.network.input_dropout=0.2"],
    &["student.data.set=mnits"],
    &["student.epochs=&a 3"],
    &["student.epochs=!!int 3"],
    &["student.epochs=a: b"],
    &["student.epochs=3\n4"],
    &["student.epochs=\u{1b}[31m"],
    &["student.loss.temprature=2", "student.loss.soft_weight=2", "studnet.epochs=1"],
    // at odds with the file, or with each other
    &["student.augment.jitter=14"],
    &["teachers.optimiser.rate=[1e-3, 1e-4]"],
    &["teachers.members=3", "teachers.optimiser.rate=[1, 1]"],
    &["teachers.select=best", "teachers.data.validation=0"],
    &["teachers.data={ set: idx, folder: two }"],
    &["student.data={ set: idx }"],
    &["student.network={ hidden: [3] }"],
    &["student.network.name=null"],
    &["student=null"],
    &["name=null"],
    &["student.teachers=techers"],
    &["student.teachers=student"],
    &["epochs=2"],
    &["student.teachers=old/techers"],
    &["teachers.kind=distill"],
    &["teachers.kind=distill", "teachers.teachers=student"],
    &["student.network.kernel=4", "seed=18"],
];
