"""Store everything Replygate keeps. `interfaces` lists the stores; `redis` and `memory` implement them."""
