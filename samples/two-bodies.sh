#!/bin/sh
# From a consensus to one map of two bodies, by commands alone, on a set that is made here:
#
#     sh samples/two-bodies.sh [FOLDER]
#
# makes the folder (two-bodies), and takes a minute on two cores. FULCRUM names the program where PATH
# does not find it. A large and a small body move against each other; the consensus sees the large one
# and blurs the other. Each body is refined by itself, with the other one taken out of the images.
set -eu
fulcrum=${FULCRUM:-fulcrum}
folder=${1:-two-bodies}

# The images, and the same density without noise and motion, which is the truth.
"$fulcrum" simulate "$folder" --count 1000 --box 80 --pixel-size 3 --snr 0.3 --rotation 8 --shift 3
"$fulcrum" simulate "$folder/truth" --count 1000 --box 80 --pixel-size 3 --snr 0 --rotation 0 --shift 0
cd "$folder"
"$fulcrum" reconstruct truth/truth.star --project-dir truth --mask sphere -o truth/map

# The consensus: its particles at the poses as they are.
"$fulcrum" reconstruct start.star --mask sphere -o consensus

# The masks: its half-maps parted into bodies, the largest first. The edge would be wider in a larger box.
"$fulcrum" mask consensus/half_map_a.mrc consensus/half_map_b.mrc --segments 2 --edge 15 -o masks

# Images of each body alone: the rest is projected and subtracted, each half-set by its own half-map.
"$fulcrum" subtract start.star --map consensus/map.mrc \
  --half-maps consensus/half_map_a.mrc consensus/half_map_b.mrc --mask masks/body_1.mrc -o images_1
"$fulcrum" subtract start.star --map consensus/map.mrc \
  --half-maps consensus/half_map_a.mrc consensus/half_map_b.mrc --mask masks/body_2.mrc -o images_2

# A job for each, and its refinement; the widths of the prior are how far the bodies are expected to move.
"$fulcrum" new large.toml --plain --set input.particles=images_1/particles.star \
  --set input.half_map_a=images_1/half_map_a.mrc --set input.half_map_b=images_1/half_map_b.mrc \
  --set input.mask=images_1/mask.mrc --set prior.enabled=true --set prior.rotation_sd=3 \
  --set prior.shift_sd=2
"$fulcrum" new small.toml --plain --set input.particles=images_2/particles.star \
  --set input.half_map_a=images_2/half_map_a.mrc --set input.half_map_b=images_2/half_map_b.mrc \
  --set input.mask=images_2/mask.mrc --set prior.enabled=true --set prior.rotation_sd=8 \
  --set prior.shift_sd=4.5
"$fulcrum" run large.toml
"$fulcrum" run small.toml

# What moved far, as an example of a selection, and the same particles for cryoSPARC.
"$fulcrum" select runs/small 'turned > 10 or moved > 5' -o moved.star
"$fulcrum" convert moved.star -o moved.cs

# One map of both, and how it and the consensus compare with the truth.
"$fulcrum" compose runs/large runs/small --consensus consensus/map.mrc -o composite.mrc
"$fulcrum" mask consensus/map.mrc --keep all --edge 15 -o whole.mrc
echo "The consensus against the truth:"
"$fulcrum" fsc consensus/map.mrc truth/map/map.mrc --mask whole.mrc | tail -n 1
echo "The composite against the truth:"
"$fulcrum" fsc composite.mrc truth/map/map.mrc --mask whole.mrc | tail -n 1
