// Fourier transforms and what belongs to them: plans, half-spectra, shells, crop and pad, phase
// shifts.
//
// Owns FFTW and the layout of transforms. Never knows a microscope.
