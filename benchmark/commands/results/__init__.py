"""Commands on results: boards, dial curves, calibration, tests that learners are equal, citations, exports."""
