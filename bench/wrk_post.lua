-- Send each body of a file once: one in each line. Argument: the file.
local bodies, sent = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    bodies[#bodies + 1] = line
  end
  wrk.method = "POST"
end

function request()
  sent = sent + 1
  return wrk.format(nil, nil, nil, bodies[sent] or error("there are more requests than bodies"))
end
