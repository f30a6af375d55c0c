/// Eight particles on two micrographs in two optics groups; row 3 has a defocus that is none.
let particlesText = """
  # version 30001

  data_optics

  loop_
  _rlnOpticsGroup #1
  _rlnOpticsGroupName #2
  _rlnVoltage #3
  _rlnImagePixelSize #4
  1 "grid one" 300.0 2.0
  2 grid2 200.0 1.0

  # version 30001

  data_particles

  loop_
  _rlnImageName #1
  _rlnMicrographName #2
  _rlnCoordinateX #3
  _rlnCoordinateY #4
  _rlnOpticsGroup #5
  _rlnAngleRot #6
  _rlnAngleTilt #7
  _rlnAnglePsi #8
  _rlnOriginXAngst #9
  _rlnOriginYAngst #10
  _rlnDefocusU #11
  _rlnDefocusV #12
  _rlnRandomSubset #13
  _rlnClassNumber #14
  _rlnMaxValueProbDistribution #15
  _rlnGroupName #16
  1@a.mrcs m/one.mrc  100 100 1  10 20  30  0 0 10000 11000 1 1 0.5 left
  2@a.mrcs m/one.mrc  103 100 1  20 30  40  0 0 20000 21000 2 2 0.9 left
  3@a.mrcs m/one.mrc  200 100 1  30 40  50  0 0   nan 31000 1 1 0.1 "the right"
  4@a.mrcs m/one.mrc  300 100 1  40 50  60  0 0 15000 16000 2 3 0.7 right
  1@b.mrcs m/two.mrc  100 100 2  50 60  70  0 0 12000 12500 1 1 0.2 left
  2@b.mrcs m/two.mrc  108 100 2  60 70  80  8 0 13000 13500 2 2 0.3 left
  # a comment
  3@b.mrcs m/two.mrc  500 400 2  70 80  90  0 0 14000 14500 1 3 0.4 left
  4@b.mrcs m/two.mrc  900 900 2  80 90 100  0 0 15000 15500 2 1 0.6 left

  """
