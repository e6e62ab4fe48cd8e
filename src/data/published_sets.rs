//! The published sets there are: [`MNIST`], [`FASHION_MNIST`].

use super::published::{NAMES, Published, PublishedFile};

/// Handwritten digits, by Y. Lecun, C. Cortes and C. Burges: 60,000 and 10,000 pictures.
pub(crate) static MNIST: Published = Published {
    name: "mnist",
    torchvision: "MNIST",
    mirrors: &[
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    files: [
        PublishedFile::by_blake3(
            NAMES[0],
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "03cd1185b8a516aa75a90ed79b65c17da9273d09bdd64806b00a095f370a30ad",
            9_912_422,
        ),
        PublishedFile::by_blake3(
            NAMES[1],
            "d53e105ee54ea40749a09fcbcd1e9432",
            "ba06df3fabdb8d46b3bdaae32a954573bd59cf398eb1d8a613e21c5fb2963293",
            28_881,
        ),
        PublishedFile::by_blake3(
            NAMES[2],
            "9fb629c4189551a2d022fa330f9573f3",
            "d78b2fc87a9c0aeb5857643322bc5c31425e13c99046c2adf71838a491dbc3b9",
            1_648_877,
        ),
        PublishedFile::by_blake3(
            NAMES[3],
            "ec29112dd5afa0611ce80d1b7f02629c",
            "e655c92ddbde0cb2a707579d07e4defe5760c5810d75bab38b9c3ba03a66d37f",
            4_542,
        ),
    ],
    train: 60_000,
    test: 10_000,
};

/// Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747): as MNIST, of articles of clothing.
pub(crate) static FASHION_MNIST: Published = Published {
    name: "fashion_mnist",
    torchvision: "FashionMNIST",
    mirrors: &[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    files: [
        PublishedFile::by_md5(NAMES[0], "8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
        PublishedFile::by_md5(NAMES[1], "25c81989df183df01b3e8a0aad5dffbe", 29_515),
        PublishedFile::by_md5(NAMES[2], "bef4ecab320f06d8554ea6380940ec79", 4_422_102),
        PublishedFile::by_md5(NAMES[3], "bb300cfdad3c16e7a12a480ee83cd310", 5_148),
    ],
    train: 60_000,
    test: 10_000,
};

/// Every published set.
pub(crate) static ALL: [&Published; 2] = [&MNIST, &FASHION_MNIST];
