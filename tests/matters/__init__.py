"""Every matter of the catalogue on its way through the real case system, and its ways aside.

`ways/<category>.yaml` says what people do where it is not what they usually do:

    granted:                      # runs for every open matter of the category
      answers: {…}                # task element: values, or a list of values, one a visit
      matters: {39: {form: {…}}}  # what one matter needs differently
    refused:                      # any other way: one matter
      matter: 57
      form: {period_kind: month}  # answers to the form of the matter; the rest is filled in
      missing: [key]              # materials that are not there at first; also `tolerated`
      committed: true             # the applicant chooses a commitment
      begun: "2026-03-02"         # the day of the application, where the calendar must reach far
      delivery: courier           # on-the-spot, window (the usual), electronic
      answers: {Activity_ReviewApplication: {review: reject, review_opinion: 理由}}
      before: {Activity_X: 30}    # so many days pass before that task is done, once
      stop: {before: Activity_X, kind: withdraw, reason: 理由}
      outcome: refused            # of the case; `granted` unless said
      papers: [decision-refused]  # some of those it must have brought forth

What nobody says is filled in: see `filling`.
"""
