"""In whose language something is said: the reader's, whoever or whatever says it.

Crons, jobs and the end of a transaction have no language; what they say would be English for
everybody.
"""


def reader_env(env, user):
    """Environment to tell a person something in: that person's language and time zone."""
    context = {"lang": user.lang or env.lang, "tz": user.tz or env.context.get("tz")}
    return env(context={**env.context, **context})


def keeping_env(env, process):
    """Environment for texts that stay: as it is where a person acts in some language, else
    with the language of the process owner, who answers for what is written there.

    :param process: bpm.process, may be empty
    """
    # Where there is one language only, nobody is read for it: this is done at every step.
    if env.context.get("lang") or len(env["res.lang"].get_installed()) < 2:
        return env
    process = process.sudo()[:1]
    company = process.company_id or env.company
    lang = process.owner_id.lang or company.partner_id.lang
    return env(context={**env.context, "lang": lang}) if lang else env
