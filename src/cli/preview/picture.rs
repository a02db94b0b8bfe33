//! Small pictures: a page of the screen in a few colours, a slip in a few greys.

use kuaiban::simulators::paper::Image;
use png::{BitDepth, ColorType, Compression, Encoder};

/// A picture as a PNG file.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub png: Vec<u8>,
}

/// Levels of a colour's red, green and blue that are told apart: 5 bits each.
const SHIFT: u32 = 3;
/// Colours of a palette: two pixels a byte, and half the size of a picture with all of its colours.
const COLOURS: usize = 16;

fn bucket([red, green, blue]: [u8; 3]) -> usize {
    let part = |channel: u8| usize::from(channel >> SHIFT);
    part(red) << 10 | part(green) << 5 | part(blue)
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

/// Colours that are as good as one.
struct Shade {
    bucket: usize,
    /// Pixels that have it.
    count: u32,
    mean: [u8; 3],
    /// How far the nearest colour of the palette is, and its place there.
    far: u32,
    place: u8,
}

/// A page of the screen in the colours that tell its parts apart; what is between takes the nearest.
pub fn of_page(pixels: &[[u8; 3]], width: u32) -> Picture {
    let mut sums = vec![(0_u32, [0_u32; 3]); 1 << 15];
    for pixel in pixels {
        let (count, sum) = &mut sums[bucket(*pixel)];
        *count += 1;
        for (sum, channel) in sum.iter_mut().zip(pixel) {
            *sum += u32::from(*channel);
        }
    }
    let used = sums.iter().enumerate().filter(|(_, (count, _))| *count > 0);
    let mut shades: Vec<Shade> = used
        .map(|(bucket, (count, sum))| {
            let mean = sum.map(|sum| ((sum + count / 2) / count) as u8);
            Shade { bucket, count: *count, mean, far: u32::MAX, place: 0 }
        })
        .collect();
    let mut palette: Vec<[u8; 3]> = Vec::with_capacity(COLOURS);
    while palette.len() < COLOURS {
        // What is seen most and is least like what is there: a small icon keeps its colour.
        let worst = |shade: &&Shade| u64::from(shade.count) * u64::from(shade.far);
        let Some(worst) = shades.iter().max_by_key(worst).filter(|worst| worst.far > 0) else {
            break;
        };
        let (colour, place) = (worst.mean, palette.len() as u8);
        palette.push(colour);
        for shade in &mut shades {
            let far = distance(shade.mean, colour);
            if far < shade.far {
                (shade.far, shade.place) = (far, place);
            }
        }
    }
    let mut places = vec![0_u8; 1 << 15];
    shades.iter().for_each(|shade| places[shade.bucket] = shade.place);
    let mut packed = Vec::with_capacity(pixels.len() / 2 + 1);
    for row in pixels.chunks(width.max(1) as usize) {
        for two in row.chunks(2) {
            let second = two.get(1).map_or(0, |pixel| places[bucket(*pixel)]);
            packed.push(places[bucket(two[0])] << 4 | second);
        }
    }
    indexed(width, &palette.concat(), BitDepth::Four, &packed)
}

/// A slip in the four greys of its picture.
pub fn of_slip(image: &Image) -> Picture {
    const GREYS: [u8; 4] = [0x1e, 0x80, 0xc8, 0xfb];
    let place = |grey: u8| (0..4_u8).min_by_key(|at| GREYS[usize::from(*at)].abs_diff(grey));
    let table: Vec<u8> = (0..=255).map(|grey| place(grey).unwrap_or_default()).collect();
    let mut packed = Vec::with_capacity(image.grey.len() / 4 + image.height);
    for row in image.grey.chunks_exact(image.width.max(1)) {
        for four in row.chunks(4) {
            let bits = four.iter().fold(0, |bits, grey| bits << 2 | table[usize::from(*grey)]);
            packed.push(bits << (2 * (4 - four.len())));
        }
    }
    let palette: Vec<u8> = GREYS.iter().flat_map(|grey| [*grey; 3]).collect();
    indexed(image.width as u32, &palette, BitDepth::Two, &packed)
}

/// `indices` as PNG has them: whole bytes a row.
fn indexed(width: u32, palette: &[u8], depth: BitDepth, indices: &[u8]) -> Picture {
    let per_byte = 8 / depth as u32;
    let row = width.div_ceil(per_byte).max(1);
    let height = indices.len() as u32 / row;
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(depth);
    encoder.set_palette(palette);
    encoder.set_compression(Compression::High);
    // What is drawn in areas of one colour is smallest as it is.
    encoder.set_filter(png::Filter::NoFilter);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(indices));
    written.expect("writing to a Vec, with as much data as the size says");
    Picture { width, height, png }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(picture: &Picture) -> (Vec<u8>, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(&picture.png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG file");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut bytes).expect("a picture");
        (reader.info().palette.as_ref().expect("a palette").to_vec(), bytes)
    }

    #[test]
    fn a_page_of_few_colours_keeps_them() {
        let (white, ink, red) = ([250, 251, 252], [16, 24, 40], [200, 0, 0]);
        let pixels = [white, white, ink, red, white, ink];
        let picture = of_page(&pixels, 3);
        assert_eq!((picture.width, picture.height), (3, 2));
        assert_eq!(read(&picture).1, pixels.concat());
    }

    #[test]
    fn of_many_colours_each_is_near_its_own() {
        let pixels: Vec<[u8; 3]> = (0..=255_u8).map(|grey| [grey; 3]).collect();
        let picture = of_page(&pixels, 16);
        let (palette, bytes) = read(&picture);
        assert_eq!(palette.len(), 3 * COLOURS);
        assert!(bytes.iter().zip(pixels.concat()).all(|(a, b)| a.abs_diff(b) <= 16));
    }

    #[test]
    fn a_slip_keeps_its_ink_also_where_a_row_fills_no_byte() {
        let grey = vec![0x1e, 0xfb, 0xc8, 0xfb, 0x1e, 0xfb, 0x1e, 0xc8, 0x1e, 0x1e];
        let picture = of_slip(&Image { width: 5, height: 2, grey: grey.clone() });
        let expected: Vec<u8> = grey.iter().flat_map(|grey| [*grey; 3]).collect();
        assert_eq!(read(&picture).1, expected);
    }
}
