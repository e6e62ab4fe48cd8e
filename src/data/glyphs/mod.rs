//! `glyphs`: digits drawn by strokes, 28 x 28 grey pixels, made up on the spot: [`write`].
//!
//! Every default config runs on them, offline, on a fresh machine. Picture `i` of a split is a
//! function of the data seed, the split and `i` alone: asking for more never changes the first
//! ones, nor does the number of threads.

mod canvas;
mod curve;
mod hand;
mod strokes;

use crate::seed::Draws;
use crate::seed::derive;

/// Changes with every change of what is drawn, so that results are never mixed up.
pub(crate) const VERSION: &str = "glyphs/1";
/// Pixels along each side of a picture.
pub(crate) const SIDE: usize = canvas::SIDE;
/// Bytes of a picture.
const BYTES: usize = SIDE * SIDE;

/// The first `count` pictures (bytes, 784 each) and labels (0 to 9) of the split with the given
/// name, by `threads` threads.
pub(crate) fn write(
    seed: u64,
    split: &str,
    count: usize,
    distortion: f64,
    threads: usize,
) -> (Vec<u8>, Vec<u8>) {
    let purpose = format!("{VERSION}/{split}");
    let mut images = vec![0; count * BYTES];
    let mut labels = vec![0; count];
    let share = count.div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        let chunks = images.chunks_mut(share * BYTES).zip(labels.chunks_mut(share));
        for (part, (images, labels)) in chunks.enumerate() {
            let purpose = &purpose;
            scope.spawn(move || {
                let pairs = images.chunks_exact_mut(BYTES).zip(labels);
                for (offset, (image, label)) in pairs.enumerate() {
                    let index = (part * share + offset) as u64;
                    let mut draws = Draws::new(derive(seed, purpose, index));
                    *label = draws.below(10) as u8;
                    hand::draw(usize::from(*label), distortion as f32, &mut draws).write(image);
                }
            });
        }
    });
    (images, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_depends_on_its_seed_split_and_index_alone() {
        let (images, labels) = write(3, "train", 50, 1.0, 1);
        let (more, more_labels) = write(3, "train", 333, 1.0, 7);
        assert_eq!((&images[..], &labels[..]), (&more[..50 * BYTES], &more_labels[..50]));
        assert_ne!(images, write(3, "test", 50, 1.0, 1).0);
        assert_ne!(images, write(4, "train", 50, 1.0, 1).0);
        assert!(write(3, "train", 0, 1.0, 2).0.is_empty());
    }

    #[test]
    fn the_pictures_are_those_of_this_version() {
        let (images, labels) = write(0, "train", 1_000, 1.0, 2);
        let digest = blake3::hash(&[images, labels].concat()).to_hex();
        assert_eq!(
            digest[..16],
            *"aaea0ba1e8515f9d",
            "if this change is meant, change VERSION too"
        );
    }

    #[test]
    fn every_picture_has_ink_and_every_class_its_share() {
        let (images, labels) = write(0, "train", 5_000, 1.0, 2);
        for image in images.chunks_exact(BYTES) {
            let ink: u32 = image.iter().map(|byte| u32::from(*byte)).sum();
            assert!((2_000..120_000).contains(&ink), "{ink}");
        }
        let mut counts = [0; 10];
        for label in labels {
            counts[usize::from(label)] += 1;
        }
        assert!(counts.iter().all(|count| (400..600).contains(count)), "{counts:?}");
    }
}
