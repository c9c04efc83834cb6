"""Where the people of a record stand who get the steps of its stages."""

#: Where the responsible of a record stands, in this order.
RESPONSIBLE_FIELDS = frozenset({"user_id", "user_ids"})
#: Where the team of a record is looked for, to find its leader.
LEADER_PATHS = ("team_id.user_id", "project_id.user_id", "user_id.sale_team_id.user_id")
#: Who is a person, or stands for one; of any other record its responsible is meant.
PERSONS = frozenset({"res.users", "res.partner"})
