raise ArithmeticError("broken on purpose")
